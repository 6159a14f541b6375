#include "pitview/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <memory>

#include "pitview/base/json_text.h"
#include "pitview/base/time.h"

namespace pitview::log {
namespace {

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto created = std::make_shared<spdlog::logger>("pitview", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    created->set_pattern("%v");
    created->flush_on(spdlog::level::debug);
    return created;
  }();
  return *instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
  }
  return "error";
}

}  // namespace

Field::Field(std::string_view n, std::string_view text) : name(n) { append_json_string(json, text); }

Field::Field(std::string_view n, double value) : name(n) {
  json = std::isfinite(value) ? fmt::format("{}", value) : "null";
}

bool set_level(std::string_view level) {
  for (Level candidate : {Level::debug, Level::info, Level::warning, Level::error}) {
    if (level == name_of(candidate)) {
      logger().set_level(to_spdlog(candidate));
      return true;
    }
  }
  return false;
}

void write(Level level, std::string_view event, Fields fields) {
  const auto severity = to_spdlog(level);
  if (!logger().should_log(severity)) return;
  std::string line = "{\"ts\":\"" + to_iso8601(SystemClock().now()) + "\",\"level\":\"";
  line.append(name_of(level)).append("\",\"event\":");
  append_json_string(line, event);
  for (const Field& field : fields) {
    line.push_back(',');
    append_json_string(line, field.name);
    line.push_back(':');
    line.append(field.json);
  }
  line.push_back('}');
  logger().log(severity, spdlog::string_view_t(line));
}

bool RateLimited::allow(std::int64_t now_s, std::int64_t& held_back) {
  if (now_s - last_s_ < interval_s_) {
    ++held_back_;
    return false;
  }
  last_s_ = now_s;
  held_back = held_back_;
  held_back_ = 0;
  return true;
}

}  // namespace pitview::log
