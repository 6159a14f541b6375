#include "core/uplink/settlement.h"

#include "core/base/flat_json.h"

namespace pitview::fw {
namespace {

constexpr std::uint64_t kMaxNumber = 0x7FFFFFFF;

// `[[4211,4218],[4220,4220]]`, already known to be JSON.
class RangeReader {
 public:
  explicit RangeReader(std::string_view text) : rest_(text) {}

  bool take(char c) {
    skip_space();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<std::uint32_t> number() {
    skip_space();
    std::size_t digits = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') ++digits;
    const auto value = parse_unsigned(rest_.substr(0, digits));
    if (!value || *value > kMaxNumber) return std::nullopt;
    rest_.remove_prefix(digits);
    return static_cast<std::uint32_t>(*value);
  }

 private:
  void skip_space() {
    while (!rest_.empty() &&
           (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\n' || rest_.front() == '\r')) {
      rest_.remove_prefix(1);
    }
  }
  std::string_view rest_;
};

}  // namespace

std::optional<Settlement> parse_settlement(std::string_view json) {
  FlatJson message;
  if (!message.parse(json)) return std::nullopt;
  const auto boot_id = message.unsigned_number("boot_id");
  const auto ranges = message.array("ranges");
  if (!boot_id || *boot_id > kMaxNumber || !ranges) return std::nullopt;

  Settlement settlement;
  settlement.boot_id = static_cast<std::uint32_t>(*boot_id);
  RangeReader in(*ranges);
  if (!in.take('[')) return std::nullopt;
  if (in.take(']')) return settlement;
  do {
    if (settlement.count == Settlement::kMaxRanges || !in.take('[')) return std::nullopt;
    const auto first = in.number();
    if (!first || !in.take(',')) return std::nullopt;
    const auto last = in.number();
    if (!last || *last < *first || !in.take(']')) return std::nullopt;
    settlement.ranges[settlement.count++] = {*first, *last};
  } while (in.take(','));
  return in.take(']') ? std::optional(settlement) : std::nullopt;
}

}  // namespace pitview::fw
