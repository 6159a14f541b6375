#include "core/spool/record.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/base/crc32.h"

namespace pitview::fw {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Reading full_reading() {
  Reading reading;
  reading.boot_id = 0x01020304;
  reading.seq = 0x05060708;
  reading.unix_s = 0x090A0B0C;
  reading.uptime_s = 0x0D0E0F10;
  reading.air = {-12.34F, 55.2F, 1013.26F, 1.0F, 0x0123, 2};
  return reading;
}

AirValues air_after(const AirValues& air) {
  Reading reading;
  reading.air = air;
  return decode_record(encode_record(reading))->air;
}

TEST(Record, has_the_layout_that_is_written_down) {
  const RecordBytes record = encode_record(full_reading());
  const RecordBytes expected_without_crc = {0xFF, 0b1111'1101, 4,    3, 2,    1,    8,    7,    6,    5,
                                            0x0C, 0x0B,        0x0A, 9, 0x10, 0x0F, 0x0E, 0x0D, 0x2E, 0xFB,  // -1234
                                            0x90, 0x15,                                                      // 5520
                                            0xE7, 0xC5,   // 50,663 × 2 Pa
                                            0x00, 0x00,   // ln 1 Ω
                                            0x23, 0x01};  // aqi
  for (std::size_t i = 0; i < 28; ++i) EXPECT_EQ(record[i], expected_without_crc[i]) << "byte " << i;
  const std::uint32_t crc = crc32({record.data() + 1, 27});
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(record[28 + i], (crc >> (8 * i)) & 0xFF);
}

TEST(Record, leaves_what_is_missing_as_it_was_erased) {
  const RecordBytes record = encode_record(Reading{});
  EXPECT_EQ(record[1], 0);
  for (std::size_t i = 10; i < 14; ++i) EXPECT_EQ(record[i], 0xFF) << "unix_s";
  for (std::size_t i = 18; i < 28; ++i) EXPECT_EQ(record[i], 0xFF) << "values";
  const auto reading = decode_record(record);
  ASSERT_TRUE(reading);
  EXPECT_FALSE(reading->unix_s || reading->air.temperature_c || reading->air.humidity_rh || reading->air.pressure_hpa ||
               reading->air.gas_ohm || reading->air.aqi);
}

TEST(Record, keeps_every_reading_within_its_resolution) {
  std::mt19937 chance(1);
  const auto some = [&](float low, float high) -> std::optional<float> {
    if (chance() % 5 == 0) return std::nullopt;
    return std::uniform_real_distribution<float>(low, high)(chance);
  };
  const auto near = [](std::optional<float> a, std::optional<float> b, float within) {
    return a.has_value() == b.has_value() && (!a || std::fabs(*a - *b) <= within);
  };
  for (int i = 0; i < 20'000; ++i) {
    Reading in;
    in.boot_id = static_cast<std::uint32_t>(chance());
    in.seq = static_cast<std::uint32_t>(chance());
    in.uptime_s = static_cast<std::uint32_t>(chance());
    if (chance() % 2 != 0) in.unix_s = static_cast<std::uint32_t>(chance());
    in.air.temperature_c = some(-40, 85);
    in.air.humidity_rh = some(0, 100);
    in.air.pressure_hpa = some(300, 1100);
    if (const auto log_ohm = some(0, 20.72F)) in.air.gas_ohm = std::exp(*log_ohm);
    if (chance() % 5 != 0) in.air.aqi = static_cast<int>(chance() % 501);
    in.air.iaq_accuracy = chance() % 4;

    const RecordBytes record = encode_record(in);
    const auto out = decode_record(record);
    ASSERT_TRUE(out);
    EXPECT_EQ(out->boot_id, in.boot_id);
    EXPECT_EQ(out->seq, in.seq);
    EXPECT_EQ(out->uptime_s, in.uptime_s);
    EXPECT_EQ(out->unix_s, in.unix_s);
    EXPECT_TRUE(near(in.air.temperature_c, out->air.temperature_c, 0.00501F));
    EXPECT_TRUE(near(in.air.humidity_rh, out->air.humidity_rh, 0.00501F));
    EXPECT_TRUE(near(in.air.pressure_hpa, out->air.pressure_hpa, 0.0101F));
    EXPECT_TRUE(near(in.air.gas_ohm, out->air.gas_ohm, 0.00025F * in.air.gas_ohm.value_or(0)));
    EXPECT_EQ(out->air.aqi, in.air.aqi);
    EXPECT_EQ(out->air.iaq_accuracy, in.air.iaq_accuracy);
    EXPECT_EQ(encode_record(*out), record) << "what was read is written the same";
  }
}

TEST(Record, keeps_the_nearest_value_that_fits) {
  const AirValues low = air_after({-1e30F, -5.0F, -5.0F, 0.001F, -1, 3});
  EXPECT_FLOAT_EQ(*low.temperature_c, -327.68F);
  EXPECT_FLOAT_EQ(*low.humidity_rh, 0);
  EXPECT_FLOAT_EQ(*low.pressure_hpa, 0);
  EXPECT_FLOAT_EQ(*low.gas_ohm, 1);
  EXPECT_EQ(*low.aqi, 0);
  const AirValues high = air_after({1e30F, 1e30F, 1e30F, 1e30F, 1'000'000, 200});
  EXPECT_FLOAT_EQ(*high.temperature_c, 327.67F);
  EXPECT_FLOAT_EQ(*high.humidity_rh, 655.35F);
  EXPECT_FLOAT_EQ(*high.pressure_hpa, 1310.7F);
  EXPECT_NEAR(*high.gas_ohm, 1e9F, 1e9F * 0.00025F);
  EXPECT_EQ(*high.aqi, 65535);
  EXPECT_EQ(high.iaq_accuracy, 3);
  EXPECT_FLOAT_EQ(*air_after({{}, {}, {}, -3.0F, {}, 0}).gas_ohm, 1) << "no logarithm of a negative number";
}

TEST(Record, takes_what_is_not_a_number_for_missing) {
  for (const float wrong : {kNan, kInfinity, -kInfinity}) {
    const AirValues air = air_after({wrong, wrong, wrong, wrong, {}, 0});
    EXPECT_FALSE(air.temperature_c || air.humidity_rh || air.pressure_hpa || air.gas_ohm);
  }
}

TEST(Record, waits_until_its_mark_is_wholly_programmed) {
  RecordBytes record = encode_record(full_reading());
  for (int mark = 0xFF; mark > 0; --mark) {
    record[0] = static_cast<std::uint8_t>(mark);
    EXPECT_EQ(record_state(record.data()), RecordState::waiting);
    EXPECT_TRUE(decode_record(record));
  }
  record[0] = kSettledMark;
  EXPECT_EQ(record_state(record.data()), RecordState::settled);
  EXPECT_FALSE(decode_record(record));
}

TEST(Record, that_was_cut_or_lost_a_bit_is_broken) {
  const RecordBytes whole = encode_record(full_reading());
  for (std::size_t bit = 8; bit < 8 * kRecordBytes; ++bit) {
    RecordBytes record = whole;
    record[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_EQ(record_state(record.data()), RecordState::broken) << "bit " << bit;
    EXPECT_FALSE(decode_record(record));
  }
  for (std::size_t written = 2; written < kRecordBytes; ++written) {
    RecordBytes record = whole;
    std::fill(record.begin() + static_cast<std::ptrdiff_t>(written), record.end(), 0xFF);
    EXPECT_EQ(record_state(record.data()), RecordState::broken) << written << " bytes";
  }
}

TEST(Record, is_never_taken_for_blank_flash) {
  RecordBytes blank;
  blank.fill(0xFF);
  EXPECT_EQ(record_state(blank.data()), RecordState::blank);
  EXPECT_FALSE(decode_record(blank));

  Reading most_ones;
  most_ones.boot_id = most_ones.seq = most_ones.uptime_s = UINT32_MAX;
  most_ones.unix_s = UINT32_MAX;
  most_ones.air = {-0.01F, 655.35F, 1310.7F, 1e9F, 65535, 3};
  const RecordBytes record = encode_record(most_ones);
  for (std::size_t i = 0; i < 28; ++i) ASSERT_EQ(record[i], 0xFF);
  EXPECT_EQ(record_state(record.data()), RecordState::waiting);
}

}  // namespace
}  // namespace pitview::fw
