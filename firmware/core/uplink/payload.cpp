#include "core/uplink/payload.h"

#include "core/base/time_text.h"

namespace pitview::fw {
namespace {

std::string_view to_text(TimeQuality quality) {
  switch (quality) {
    case TimeQuality::sntp: return "sntp";
    case TimeQuality::rebased: return "rebased";
    case TimeQuality::estimated: return "estimated";
  }
  return "";
}

// A sensor that could not tell says null, never the last good value.
void value(TextWriter& out, std::string_view name, const std::optional<float>& number, int decimals) {
  out << ",\"" << name << "\":";
  if (number) {
    out.decimal(static_cast<double>(*number), decimals);
  } else {
    out << "null";
  }
}

void whole(TextWriter& out, std::string_view name, std::uint64_t number) {
  out << ",\"" << name << "\":";
  out.number(number);
}

}  // namespace

void encode_reading(ReadingPayload& out, const Identity& identity, std::string_view firmware_version,
                    const Reading& reading, const PlacedTime& time, bool replay) {
  const AirValues& air = reading.air;
  out.clear();
  out << "{\"device_id\":";
  out.json_string(identity.device_id.view()) << ",\"license_key\":";
  out.json_string(identity.licence_key.view()) << ",\"timestamp\":\"";
  append_time(out, time.unix_s);
  out << '"';
  value(out, "temperature", air.temperature_c, 2);
  value(out, "humidity", air.humidity_rh, 2);
  out << ",\"aqi\":";
  if (air.aqi) {
    out.number(static_cast<std::uint64_t>(*air.aqi));
  } else {
    out << "null";
  }
  value(out, "pressure", air.pressure_hpa, 2);
  whole(out, "v", 1);
  whole(out, "boot_id", reading.boot_id);
  whole(out, "seq", reading.seq);
  whole(out, "uptime_s", reading.uptime_s);
  whole(out, "iaq_accuracy", air.iaq_accuracy);
  out << ",\"iaq_method\":\"pitview-1\"";
  value(out, "gas_ohm", air.gas_ohm, 0);
  out << ",\"fw\":";
  out.json_string(firmware_version) << ",\"ts_quality\":\"" << to_text(time.quality) << '"';
  if (replay) out << ",\"replay\":true";
  out << '}';
}

}  // namespace pitview::fw
