#include "core/uplink/settlement.h"

#include "core/base/flat_json.h"
#include "core/base/json_cursor.h"

namespace pitview::fw {
namespace {

constexpr std::uint64_t kMaxNumber = 0x7FFFFFFF;

std::optional<std::uint32_t> take_number(JsonCursor& in) {
  in.skip_space();
  const auto value = parse_unsigned(in.take_digits());
  if (!value || *value > kMaxNumber) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

}  // namespace

std::optional<Settlement> parse_settlement(std::string_view json) {
  FlatJson message;
  if (!message.parse(json)) return std::nullopt;
  const auto boot_id = message.unsigned_number("boot_id");
  const auto ranges = message.array("ranges");
  if (!boot_id || *boot_id > kMaxNumber || !ranges) return std::nullopt;

  Settlement settlement;
  settlement.boot_id = static_cast<std::uint32_t>(*boot_id);
  JsonCursor in{*ranges};  // known to be JSON by now
  if (!in.take('[')) return std::nullopt;
  if (in.take(']')) return settlement;
  do {
    if (settlement.count == Settlement::kMaxRanges || !in.take('[')) return std::nullopt;
    const auto first = take_number(in);
    if (!first || !in.take(',')) return std::nullopt;
    const auto last = take_number(in);
    if (!last || *last < *first || !in.take(']')) return std::nullopt;
    settlement.ranges[settlement.count++] = {*first, *last};
  } while (in.take(','));
  return in.take(']') ? std::optional(settlement) : std::nullopt;
}

}  // namespace pitview::fw
