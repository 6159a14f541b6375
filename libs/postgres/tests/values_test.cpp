#include <gmock/gmock.h>

#include <cmath>
#include <functional>

#include "io.h"
#include "pitview/postgres/blocking_connection.h"

namespace pitview::postgres {
namespace {

using std::chrono::microseconds;

class Values : public ::testing::Test {
 protected:
  testing::ScratchDatabase database_;
  BlockingConnection db_{database_.superuser()};

  template <class T>
  T round_trip(const char* type, const T& value) {
    return db_.query("SELECT $1::" + std::string(type) + " AS value", value)[0].template get<T>("value");
  }
};

TEST_F(Values, come_back_as_they_were_sent) {
  EXPECT_TRUE(round_trip("bool", true));
  EXPECT_FALSE(round_trip("bool", false));
  EXPECT_EQ(round_trip("int2", -32768), -32768);
  EXPECT_EQ(round_trip("int4", INT32_MIN), INT32_MIN);
  EXPECT_EQ(round_trip("int8", INT64_MIN), INT64_MIN);
  EXPECT_EQ(round_trip("int8", INT64_MAX), INT64_MAX);
  EXPECT_EQ(round_trip("int8", PitId(42)), PitId(42));
  EXPECT_EQ(round_trip("float8", 0.1), 0.1);
  EXPECT_EQ(round_trip("float4", -1.5), -1.5);
  EXPECT_EQ(round_trip("float8", 5e-324), 5e-324);
  EXPECT_TRUE(std::isnan(round_trip("float8", std::nan(""))));
  EXPECT_EQ(round_trip("float8", -HUGE_VAL), -HUGE_VAL);
  EXPECT_EQ(round_trip("text", std::string("Zoë 'quoted' \\ \"line\"\n")), "Zoë 'quoted' \\ \"line\"\n");
  EXPECT_EQ(round_trip("text", std::string()), "");
  EXPECT_EQ(round_trip("bytea", Bytes(std::string("\0\xff\\x", 4))), Bytes(std::string("\0\xff\\x", 4)));
  EXPECT_EQ(round_trip("bytea", Bytes()), Bytes());
}

TEST_F(Values, times_keep_their_microseconds_whatever_zone_the_session_has) {
  db_.run_script("SET TimeZone = 'Asia/Kolkata'");
  for (const std::int64_t us : {0LL, 1LL, 1'771'626'600'123'456LL, -1LL, 7'000'000'000'000'000LL}) {
    const Timestamp time{microseconds(us)};
    EXPECT_EQ(round_trip("timestamptz", time), time) << us;
  }
  EXPECT_EQ(db_.query("SELECT '2026-02-20 22:30:00.123456+00'::timestamptz")[0].get<Timestamp>(0),
            parse_iso8601("2026-02-20T22:30:00.123456Z"));
}

TEST_F(Values, arrays_come_back_as_they_were_sent) {
  const std::vector<std::int64_t> numbers = {1, -2, INT64_MAX};
  EXPECT_EQ(round_trip("int8[]", numbers), numbers);
  EXPECT_EQ(round_trip("int8[]", std::vector<std::int64_t>{}), std::vector<std::int64_t>{});
  EXPECT_EQ(round_trip("int4[]", std::vector<std::int64_t>{1, 2}), (std::vector<std::int64_t>{1, 2}));
  const std::vector<std::string> texts = {"", "NULL", "a,b", "{\"\\}", "ß"};
  EXPECT_EQ(round_trip("text[]", texts), texts);
  const std::vector<JobId> ids = {JobId(3), JobId(4)};
  EXPECT_EQ(round_trip("int8[]", ids), ids);
  EXPECT_THROW(db_.query("SELECT ARRAY[1, NULL]")[0].get<std::vector<std::int64_t>>(0), std::logic_error);
}

TEST_F(Values, json_and_addresses_are_read_as_text) {
  EXPECT_EQ(db_.query("SELECT '{\"a\": 1}'::jsonb")[0].get<std::string>(0), "{\"a\": 1}");
  EXPECT_EQ(db_.query("SELECT '{\"a\":1}'::json")[0].get<std::string>(0), "{\"a\":1}");
  EXPECT_EQ(db_.query("SELECT $1::inet", "192.168.1.20")[0].get<std::string>(0), "192.168.1.20");
  EXPECT_EQ(db_.query("SELECT $1::inet", "2001:db8::1")[0].get<std::string>(0), "2001:db8::1");
  EXPECT_EQ(db_.query("SELECT $1::inet", "10.64.1.0/24")[0].get<std::string>(0), "10.64.1.0/24");
}

TEST_F(Values, null_is_an_empty_optional_and_nothing_else) {
  EXPECT_EQ(round_trip("float8", std::optional<double>()), std::nullopt);
  EXPECT_EQ(round_trip("float8", std::optional<double>(2.5)), 2.5);
  EXPECT_EQ(db_.query("SELECT NULL::int8")[0].get<std::optional<PitId>>(0), std::nullopt);
  try {
    db_.query("SELECT NULL::text AS camera_model")[0].get<std::string>("camera_model");
    FAIL() << "NULL was read as text";
  } catch (const std::logic_error& e) {
    EXPECT_STREQ(e.what(), "column camera_model is NULL");
  }
}

TEST_F(Values, a_wrong_type_or_name_is_a_mistake_that_names_the_column) {
  const Rows rows = db_.query("SELECT 1::int8 AS id, 2.5::numeric AS fee, 'infinity'::timestamptz AS until");
  for (const auto& read : std::vector<std::function<void()>>{
           [&] { rows[0].get<int>("id"); }, [&] { rows[0].get<std::string>("id"); }, [&] { rows[0].get<bool>("id"); },
           [&] { rows[0].get<double>("id"); }, [&] { rows[0].get<Timestamp>("id"); }}) {
    try {
      read();
      FAIL() << "int8 was read as something else";
    } catch (const std::logic_error& e) {
      EXPECT_THAT(e.what(), ::testing::HasSubstr("column id "));
    }
  }
  EXPECT_THROW(rows[0].get<double>("fee"), std::logic_error);
  EXPECT_THROW(rows[0].get<Timestamp>("until"), std::logic_error);
  EXPECT_THROW(rows[0].get<int>("no_such"), std::logic_error);
  EXPECT_THROW(rows[0].get<int>(3), std::logic_error);
  EXPECT_THROW(rows[1], std::logic_error);
}

TEST_F(Values, text_with_a_nul_byte_is_refused_instead_of_cut) {
  for (const auto& send : std::vector<std::function<void()>>{
           [&] { db_.query("SELECT $1::text", std::string_view("a\0b", 3)); },
           [&] { db_.query("SELECT $1::text[]", std::vector<std::string>{std::string("a\0b", 3)}); }}) {
    try {
      send();
      FAIL() << "a NUL byte was sent";
    } catch (const QueryFailed& e) {
      EXPECT_EQ(e.sqlstate(), "22021");
    }
  }
}

TEST_F(Values, errors_name_the_constraint_and_never_the_value) {
  db_.run_script("CREATE TABLE things (name text CONSTRAINT things_name_key UNIQUE, size int)");
  db_.query("INSERT INTO things VALUES ($1, 1)", "secret-value");
  try {
    db_.query("INSERT INTO things VALUES ($1, 1)", "secret-value");
    FAIL() << "a duplicate was stored";
  } catch (const QueryFailed& e) {
    EXPECT_TRUE(is_unique_violation(e, "things_name_key"));
    EXPECT_FALSE(is_unique_violation(e, "things_size_key"));
    EXPECT_EQ(e.table(), "things");
    EXPECT_THAT(e.what(), ::testing::Not(::testing::HasSubstr("secret-value")));
    EXPECT_THAT(e.what(), ::testing::HasSubstr("things_name_key"));
  }
  try {
    db_.query("SELECT $1::int8", "secret-value");
    FAIL() << "text was read as a number";
  } catch (const QueryFailed& e) {
    EXPECT_EQ(e.sqlstate(), "22P02");
    EXPECT_THAT(e.what(), ::testing::Not(::testing::HasSubstr("secret-value")));
  }
}

TEST(ConnectionString, one_setting_is_replaced_and_the_others_stay) {
  const std::string changed =
      with_setting("postgresql://me:it's@127.0.0.1:18432/first?application_name=a", "dbname", "o'k");
  EXPECT_THAT(changed, ::testing::HasSubstr("password='it\\'s'"));
  EXPECT_THAT(changed, ::testing::HasSubstr("dbname='o\\'k'"));
  EXPECT_THAT(changed, ::testing::HasSubstr("port='18432'"));
  EXPECT_THAT(changed, ::testing::Not(::testing::HasSubstr("first")));
  EXPECT_THROW(with_setting("nonsense with password=x y", "dbname", "a"), std::invalid_argument);
}

}  // namespace
}  // namespace pitview::postgres
