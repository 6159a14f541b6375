// Structured logging: one JSON object a line on standard error.
//
//   log::info("http_listening", {{"address", address}, {"port", port}});
//   → {"ts":"2026-…Z","level":"info","event":"http_listening","address":"127.0.0.1","port":8080}
//
// Never pass a secret: tokens, passwords, licence keys and RTSP addresses have
// no business in a log, and a test greps for them. Thread-safe.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "pitview/base/strong_id.h"

namespace pitview::log {

enum class Level { debug, info, warning, error };

// A name and a value already written as JSON.
struct Field {
  std::string_view name;
  std::string json;

  Field(std::string_view n, std::string_view text);
  Field(std::string_view n, const char* text) : Field(n, std::string_view(text)) {}
  Field(std::string_view n, const std::string& text) : Field(n, std::string_view(text)) {}
  Field(std::string_view n, bool value) : name(n), json(value ? "true" : "false") {}
  Field(std::string_view n, double value);
  template <class Int>
    requires std::is_integral_v<Int>
  Field(std::string_view n, Int value) : name(n), json(std::to_string(value)) {}
  template <class Tag>
  Field(std::string_view n, StrongId<Tag> id) : name(n), json(std::to_string(id.value)) {}
};

using Fields = std::initializer_list<Field>;

// `level`: "debug", "info", "warning" or "error"; false for anything else.
bool set_level(std::string_view level);

void write(Level level, std::string_view event, Fields fields);

inline void debug(std::string_view event, Fields fields = {}) { write(Level::debug, event, fields); }
inline void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
inline void warning(std::string_view event, Fields fields = {}) { write(Level::warning, event, fields); }
inline void error(std::string_view event, Fields fields = {}) { write(Level::error, event, fields); }

// Lets an event through at most once per `interval_s`, counting what it held
// back, so that a flood of bad messages cannot fill a disk. Not thread-safe.
class RateLimited {
 public:
  explicit RateLimited(int interval_s) : interval_s_(interval_s) {}
  // True when the event may be written now; `held_back` is then how many were not.
  bool allow(std::int64_t now_s, std::int64_t& held_back);

 private:
  int interval_s_;
  std::int64_t last_s_ = INT64_MIN / 2;
  std::int64_t held_back_ = 0;
};

}  // namespace pitview::log
