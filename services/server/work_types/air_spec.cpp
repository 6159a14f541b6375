#include "work_types/air_spec.h"

namespace pitview::work_types {
namespace {

struct Range {
  double min;
  double max;
  const char* message;
};

constexpr Range kTemperature{-40, 85, "must be from -40 to 85"};
constexpr Range kHumidity{0, 100, "must be from 0 to 100"};
constexpr Range kDewPointMargin{0, 50, "must be from 0 to 50"};
constexpr Range kAqi{0, 500, "must be from 0 to 500"};

}  // namespace

AirSpec AirSpec::over(const AirSpec& other) const {
  const auto first = [](const auto& mine, const auto& theirs) { return mine ? mine : theirs; };
  return {.temperature_min = first(temperature_min, other.temperature_min),
          .temperature_max = first(temperature_max, other.temperature_max),
          .humidity_min = first(humidity_min, other.humidity_min),
          .humidity_max = first(humidity_max, other.humidity_max),
          .dew_point_margin_min = first(dew_point_margin_min, other.dew_point_margin_min),
          .aqi_max = first(aqi_max, other.aqi_max)};
}

void find_faults(const AirSpec& spec, const std::string& path, std::vector<FieldProblem>& faults) {
  const auto check = [&](const char* field, std::optional<double> value, const Range& range) {
    // Written so that a value that is no number fails as well.
    if (value && !(*value >= range.min && *value <= range.max)) faults.push_back({path + "." + field, range.message});
  };
  const auto check_order = [&](const char* field, std::optional<double> min, std::optional<double> max) {
    if (min && max && *min >= *max) faults.push_back({path + "." + field, "must be less than the maximum"});
  };
  check("temperature_min", spec.temperature_min, kTemperature);
  check("temperature_max", spec.temperature_max, kTemperature);
  check("humidity_min", spec.humidity_min, kHumidity);
  check("humidity_max", spec.humidity_max, kHumidity);
  check("dew_point_margin_min", spec.dew_point_margin_min, kDewPointMargin);
  check("aqi_max", spec.aqi_max, kAqi);
  check_order("temperature_min", spec.temperature_min, spec.temperature_max);
  check_order("humidity_min", spec.humidity_min, spec.humidity_max);
}

}  // namespace pitview::work_types
