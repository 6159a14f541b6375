#include "pitview/domain/alert_rule.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "pitview/domain/alert_message.h"
#include "pitview/domain/dew_point.h"

namespace pitview {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const AlertRule& standard(AlertType type) { return standard_alert_rules()[static_cast<std::size_t>(type)]; }

std::vector<std::string> fields(AlertType type, const AlertRule& rule) {
  std::vector<std::string> fields;
  for (const FieldProblem& problem : faults_of(type, rule)) fields.push_back(problem.field);
  return fields;
}

TEST(DewPoint, IsThatOfMagnus) {
  struct Case {
    double temperature, humidity, dew_point;
  };
  // 28 °C / 70 % is that of design/domain.md; the others from the same formula by hand.
  for (const Case& c : {Case{28, 70, 22.0}, Case{25, 50, 13.85}, Case{20, 100, 20.0}, Case{0, 50, -9.2}}) {
    ASSERT_TRUE(dew_point_c(c.temperature, c.humidity));
    EXPECT_NEAR(*dew_point_c(c.temperature, c.humidity), c.dew_point, 0.05) << c.temperature << " " << c.humidity;
  }
  EXPECT_NEAR(*dew_point_margin_c(28, 70), 6.0, 0.05);
}

TEST(DewPoint, OfWhatIsNoAirIsNone) {
  const double nan = std::nan("");
  EXPECT_FALSE(dew_point_c(20, 0));
  EXPECT_FALSE(dew_point_c(nan, 50));
  EXPECT_FALSE(dew_point_c(20, nan));
  EXPECT_FALSE(dew_point_c(20, std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(dew_point_c(-300, 50));
  EXPECT_FALSE(dew_point_margin_c(20, 0));
}

TEST(AlertRules, AreThePlansAndSound) {
  EXPECT_EQ(standard(AlertType::high_aqi).high, 150);
  EXPECT_EQ(standard(AlertType::high_aqi).critical_high, 200);
  EXPECT_EQ(standard(AlertType::temp_out_of_range).low, 15);
  EXPECT_EQ(standard(AlertType::temp_out_of_range).high, 35);
  EXPECT_EQ(standard(AlertType::humidity_out_of_range).low, 30);
  EXPECT_EQ(standard(AlertType::humidity_out_of_range).high, 70);
  EXPECT_EQ(standard(AlertType::dew_point_margin).low, 3);
  EXPECT_EQ(standard(AlertType::camera_offline).lasting, seconds(30));
  EXPECT_EQ(standard(AlertType::device_offline).lasting, seconds(60));
  EXPECT_EQ(standard(AlertType::server_cpu).high, 80);
  EXPECT_EQ(standard(AlertType::server_cpu).lasting, minutes(5));
  EXPECT_EQ(standard(AlertType::disk_space).high, 85);
  for (const AlertType type : all_alert_types()) EXPECT_THAT(fields(type, standard(type)), IsEmpty());
}

TEST(AlertRules, WithAFaultSayWhere) {
  constexpr auto kTemperature = AlertType::temp_out_of_range;
  constexpr auto kInfinite = std::numeric_limits<double>::infinity();
  struct Case {
    AlertType type;
    AlertRule rule;
    std::vector<std::string> fields;
  };
  const std::vector<Case> cases = {
      {AlertType::high_aqi, {}, {"high"}},
      {AlertType::dew_point_margin, {}, {"low"}},
      {AlertType::high_aqi, {.low = 10, .high = 150}, {"low"}},
      {AlertType::dew_point_margin, {.low = 3, .high = 5}, {"high"}},
      {AlertType::high_aqi, {.high = 501}, {"high"}},
      {AlertType::high_aqi, {.high = std::nan("")}, {"high"}},
      {kTemperature, {.low = -kInfinite, .high = kInfinite}, {"low", "high"}},
      {kTemperature, {.low = 35, .high = 15}, {"high"}},
      {kTemperature, {.low = 20, .high = 20}, {"high"}},
      {kTemperature, {.low = 15, .high = 35, .critical_low = 15}, {"critical_low"}},
      {kTemperature, {.low = 15, .high = 35, .critical_high = 34}, {"critical_high"}},
      {kTemperature, {.high = 35, .critical_low = 10}, {"low"}},
      {kTemperature, {.low = 15, .critical_high = 40}, {"high"}},
      {kTemperature, {.low = 15, .high = 35, .hysteresis = -1}, {"hysteresis"}},
      {kTemperature, {.low = 15, .high = 35, .hysteresis = std::nan("")}, {"hysteresis"}},
      {kTemperature, {.low = 15, .high = 35, .hysteresis = 10}, {"hysteresis"}},
      {kTemperature, {.low = 15, .high = 35, .hysteresis = 9.9}, {}},
      {AlertType::high_aqi, {.high = 5, .hysteresis = 5}, {"hysteresis"}},
      {AlertType::high_aqi, {.high = 0, .hysteresis = 1}, {"hysteresis"}},
      {AlertType::high_aqi, {.high = 0}, {}},
      {AlertType::dew_point_margin, {.low = 3, .hysteresis = 27}, {"hysteresis"}},
      {kTemperature, {.low = 15, .high = 35, .lasting = seconds(-1)}, {"for_seconds"}},
      {kTemperature, {.low = 15, .high = 35, .lasting = hours(25)}, {"for_seconds"}},
      {kTemperature, {.low = 15, .high = 35, .escalates_after = seconds(0)}, {"escalate_after_seconds"}},
      {kTemperature,
       {.severity = AlertSeverity::critical, .low = 15, .high = 35, .escalates_after = minutes(5)},
       {"escalate_after_seconds"}},
      {AlertType::high_aqi,
       {.severity = AlertSeverity::critical, .high = 150, .critical_high = 200},
       {"critical_high"}},
      {AlertType::device_offline, {.high = 1}, {"high"}},
      {AlertType::device_offline, {.hysteresis = 1}, {"hysteresis"}},
      {AlertType::device_offline, {.lasting = seconds(5), .escalates_after = minutes(5)}, {}},
  };
  for (const Case& c : cases) EXPECT_EQ(fields(c.type, c.rule), c.fields) << "case " << &c - cases.data();
}

TEST(AlertMessage, SaysWhatForHowLongAndWhatToDo) {
  struct Case {
    AlertType type;
    AlertSeverity severity;
    std::optional<double> value;
    seconds lasting;
    std::string message;
  };
  constexpr auto kWarning = AlertSeverity::warning;
  const std::vector<Case> cases = {
      {AlertType::humidity_out_of_range, kWarning, 72.04, minutes(12),
       "Humidity 72 % for 12 min: start the dehumidifier and lay no film."},
      {AlertType::humidity_out_of_range, kWarning, 28.45, seconds(0),
       "Humidity 28.4 %: moisten the air, the slip solution dries too fast."},
      {AlertType::temp_out_of_range, kWarning, 36.2, seconds(61),
       "Temperature 36.2 °C for 1 min: cool the bay before laying film."},
      {AlertType::temp_out_of_range, kWarning, -0.01, seconds(59),
       "Temperature 0 °C for 59 s: heat the bay, film does not bond well in the cold."},
      {AlertType::high_aqi, kWarning, 168, hours(3),
       "Air quality (VOC) index 168 for 3 h: open the gates or start the extractor."},
      {AlertType::high_aqi, AlertSeverity::critical, 214, seconds(3900),
       "Air quality (VOC) index 214 for 1 h 5 min: stop the work, open the gates and wear masks."},
      {AlertType::dew_point_margin, kWarning, 2.1, minutes(1),
       "Air only 2.1 °C above its dew point for 1 min: condensation is near, warm the bay or dry the air and coat "
       "nothing."},
      {AlertType::camera_offline, kWarning, std::nullopt, seconds(30),
       "Camera offline for 30 s: check its cable and the PoE switch."},
      {AlertType::device_offline, kWarning, std::nullopt, hours(72),
       "Sensor box offline for 3 days: check its power supply and its network cable."},
      {AlertType::server_cpu, kWarning, 91, minutes(5),
       "Server CPU at 91 % for 5 min: find what keeps it busy or add a server."},
      {AlertType::disk_space, kWarning, 87, minutes(1),
       "A disk of the server is 87 % full for 1 min: free space or enlarge it."},
  };
  for (const Case& c : cases) {
    const std::string message = alert_message(c.type, standard(c.type), c.severity, c.value, c.lasting);
    EXPECT_EQ(message, c.message);
    EXPECT_LE(message.size(), 200U);
  }
}

}  // namespace
}  // namespace pitview
