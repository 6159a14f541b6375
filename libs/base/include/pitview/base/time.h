// Points in time: UTC, microseconds, as PostgreSQL's timestamptz stores them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pitview {

using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

// "2026-02-20T22:30:00.000Z" (RFC 3339, always UTC and milliseconds).
std::string to_iso8601(Timestamp t);

// Milliseconds since 1970, as programs tell each other times; rounded down.
std::int64_t to_milliseconds(Timestamp t) noexcept;
Timestamp from_milliseconds(std::int64_t since_1970) noexcept;

// Reads RFC 3339: "T" or a space, any fraction of a second, "Z" or an offset.
// Empty when the text is not such a time, names no real date, or lies outside
// the years 1970 to 2199.
std::optional<Timestamp> parse_iso8601(std::string_view text);

// Where "now" comes from, so that tests can turn the clock.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_(start) {}
  Timestamp now() const override { return now_; }
  void set(Timestamp t) { now_ = t; }
  void advance(std::chrono::microseconds by) { now_ += by; }

 private:
  Timestamp now_;
};

}  // namespace pitview
