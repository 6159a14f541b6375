// What the writer does with a database that refuses, or is away. Real PostgreSQL.
#include "telemetry/reading_writer.h"

#include <gmock/gmock.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <functional>

#include "pitview/async/task_group.h"
#include "pitview/db/testing/migrated_database.h"

namespace pitview::telemetry {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// Whoever has this temperature is refused by the table, as a fault of its own words.
constexpr const char* kPoison =
    "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF NEW.temperature = 66 THEN RAISE EXCEPTION 'poisonous'; END IF; RETURN NEW; END $$;"
    "CREATE TRIGGER poison BEFORE INSERT ON sensor_data FOR EACH ROW EXECUTE FUNCTION poison()";

class Writer : public ::testing::Test {
 protected:
  Writer() {
    database_.assign(workshop_, device_, pit_);
    writer_task_.spawn("writer", writer_.run());
  }

  ~Writer() override {
    writer_.stop();
    bool ended = false;
    asio::co_spawn(io(), finish(), [&](std::exception_ptr) { ended = true; });
    EXPECT_TRUE(eventually([&] { return ended; }));
  }

  Awaitable<> finish() {
    co_await writer_task_.join();
    co_await pools_.close();
  }

  bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + seconds(30);
    io().restart();
    while (!holds() && std::chrono::steady_clock::now() < deadline) io().run_one_for(std::chrono::milliseconds(20));
    return holds();
  }

  NewReading reading(std::int32_t seq, float temperature = 24.5F) const {
    return {.device = device_,
            .measured_at = now_ + seconds(seq),
            .received_at = now_,
            .boot_id = 1,
            .seq = seq,
            .temperature = temperature};
  }

  void add(const NewReading& reading) { writer_.add(reading, {}); }
  bool eventually_done(std::size_t readings) {
    return eventually([&] { return done_.size() >= readings; });
  }

  std::int64_t stored() { return database_.db().query("SELECT count(*) FROM sensor_data")[0].get<std::int64_t>(0); }
  // "SEQ REASON" each.
  std::vector<std::string> set_aside() {
    std::vector<std::string> all;
    for (const postgres::Row& row :
         database_.db().query("SELECT seq || ' ' || reason FROM platform.readings_set_aside ORDER BY seq"))
      all.push_back(row.get<std::string>(0));
    return all;
  }
  std::string metrics() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }
  asio::io_context& io() { return runtime_.context(0); }

  db::testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  PitId pit_ = database_.add_pit(workshop_, 1);
  DeviceKey device_ = database_.add_device(workshop_, "ESP32-000000000001");
  Timestamp now_ = SystemClock().now() - hours(1);
  Runtime runtime_{1};
  app::Database pools_{runtime_, {.conninfo = database_.app(), .size = 2}};
  prometheus::Registry registry_;
  IngestMetrics metrics_{registry_};
  ReadingsRepository repository_{pools_};
  std::vector<std::int32_t> done_;
  ReadingWriter writer_{io().get_executor(), repository_, metrics_,
                        [this](const NewReading& reading, mqtt::AckToken) { done_.push_back(reading.seq); }};
  TaskGroup writer_task_{io().get_executor()};
};

TEST_F(Writer, counts_what_is_stored_repeated_and_set_aside_apart) {
  NewReading homeless = reading(4);
  homeless.device = DeviceKey(999);
  NewReading ancient = reading(5);
  ancient.measured_at = now_ - std::chrono::days(100);
  for (const NewReading& r : {reading(1), reading(2), reading(2), homeless, ancient}) add(r);
  ASSERT_TRUE(eventually_done(5));
  EXPECT_THAT(set_aside(), ElementsAre("4 no_assignment", "5 too_old"));
  const std::string text = metrics();
  EXPECT_THAT(text, HasSubstr("pitview_ingest_stored_total 2\n"));
  EXPECT_THAT(text, HasSubstr("pitview_ingest_duplicates_total 1\n"));
  EXPECT_THAT(text, HasSubstr("pitview_ingest_set_aside_total{reason=\"no_assignment\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("pitview_ingest_set_aside_total{reason=\"too_old\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("pitview_ingest_set_aside_total{reason=\"in_future\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("pitview_ingest_set_aside_total{reason=\"refused\"} 0\n"));
}

TEST_F(Writer, sets_the_poisonous_aside_and_stores_all_others) {
  database_.db().run_script(kPoison);
  for (int seq = 0; seq < 300; ++seq) add(reading(seq, seq % 100 == 50 ? 66.0F : 24.5F));
  add(reading(300, 200.0F));  // no sensor measures that: a CHECK of the table
  ASSERT_TRUE(eventually_done(301));
  EXPECT_EQ(stored(), 297);
  EXPECT_THAT(set_aside(), ElementsAre(AllOf(StartsWith("50 refused: P0001"), HasSubstr("poisonous")),
                                       StartsWith("150 refused: P0001"), StartsWith("250 refused: P0001"),
                                       AllOf(StartsWith("300 refused: 23514"), HasSubstr("temperature_check"))));
  EXPECT_THAT(metrics(), HasSubstr("pitview_ingest_set_aside_total{reason=\"refused\"} 4\n"));
}

TEST_F(Writer, tries_again_when_setting_aside_fails) {
  database_.db().run_script(kPoison);
  database_.db().run_script("REVOKE EXECUTE ON FUNCTION platform.set_aside_reading FROM pitview_app");
  add(reading(1, 66.0F));
  ASSERT_TRUE(eventually([&] { return !writer_.healthy(); }));
  EXPECT_THAT(done_, IsEmpty());
  database_.db().run_script("GRANT EXECUTE ON FUNCTION platform.set_aside_reading TO pitview_app");
  ASSERT_TRUE(eventually_done(1));
  EXPECT_THAT(set_aside(), ElementsAre(StartsWith("1 refused: P0001")));
  EXPECT_TRUE(writer_.healthy());
}

TEST_F(Writer, waits_for_a_schema_that_is_not_there_and_blames_no_reading) {
  database_.db().run_script("ALTER TABLE sensor_data RENAME TO elsewhere");
  add(reading(1));
  ASSERT_TRUE(eventually([&] { return !writer_.healthy(); }));
  database_.db().run_script("ALTER TABLE elsewhere RENAME TO sensor_data");
  ASSERT_TRUE(eventually_done(1));
  EXPECT_EQ(stored(), 1);
  EXPECT_THAT(set_aside(), IsEmpty());
}

}  // namespace
}  // namespace pitview::telemetry
