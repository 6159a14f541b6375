#include "reading_text.h"

#include <cstdio>

namespace pitview::bench {

std::string with_microseconds(Timestamp t) {
  std::string text = to_iso8601(t);
  char digits[4];
  std::snprintf(digits, sizeof digits, "%03d", static_cast<int>(t.time_since_epoch().count() % 1000));
  return text.insert(text.size() - 1, digits);
}

void write_reading(std::string& out, const Device& device, std::int32_t boot_id, std::int64_t seq, Timestamp at) {
  const long n = seq % 800;
  char values[320];
  const int length =
      std::snprintf(values, sizeof values,
                    "\",\"temperature\":%ld.%02ld,\"humidity\":%ld.%02ld,\"aqi\":%ld,\"pressure\":%ld.%02ld,\"v\":1,"
                    "\"boot_id\":%d,\"seq\":%ld,\"uptime_s\":%ld,\"iaq_accuracy\":3,\"iaq_method\":\"pitview-1\","
                    "\"gas_ohm\":%ld,\"fw\":\"1.4.2\",\"ts_quality\":\"sntp\"}",
                    18 + n / 100, n % 100, 40 + n / 50, n % 50 * 2, 40 + n % 60, 1000 + n / 40, n % 40, boot_id,
                    static_cast<long>(seq), static_cast<long>(seq) * 10, 140'000 + n * 7);
  out = "{\"device_id\":\"";
  out += device.device_id;
  out += "\",\"license_key\":\"";
  out += device.license_key;
  out += "\",\"timestamp\":\"";
  out += with_microseconds(at);
  out.append(values, static_cast<std::size_t>(length));
}

}  // namespace pitview::bench
