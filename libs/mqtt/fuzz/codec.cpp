// The decoder against any bytes. What must hold:
//   - a packet read back from its own encoding is the same packet, and its bytes are
//     the ones it came from unless those wasted bytes on their length;
//   - a prefix of the input gives the same answer as the whole or "need more", and
//     once there is an answer it stays;
//   - the limit changes nothing for packets within it;
//   - a stream cut into pieces gives the packets, and the error, of the whole one.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pitview/mqtt/codec.h"
#include "property.h"

namespace pitview::mqtt::fuzz {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kNoLimit = 268'435'455;
constexpr std::size_t kLimits[] = {16, 127, kNoLimit};

// Memory of exactly this size, so that AddressSanitizer sees a read beyond its end.
class Exact {
 public:
  explicit Exact(Bytes from) : bytes_(std::make_unique<std::uint8_t[]>(from.size())), size_(from.size()) {
    std::copy(from.begin(), from.end(), bytes_.get());
  }
  Bytes bytes() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t size_;
};

Result<> encode_any(const Packet& packet, std::string& out) {
  return std::visit(
      [&out]<class T>(const T& one) -> Result<> {
        if constexpr (std::is_same_v<T, packet::OversizePublish>) {
          out += "oversize " + std::string(one.topic) + " " + std::to_string(static_cast<int>(one.qos)) + " " +
                 std::to_string(one.packet_id) + " " + std::to_string(one.remaining_length);
          return Done{};
        } else if constexpr (std::is_void_v<decltype(encode(one, out))>) {
          encode(one, out);
          return Done{};
        } else {
          return encode(one, out);
        }
      },
      packet);
}

// An answer of decode() as text that differs when the answer does.
std::string answer(const Result<std::optional<Decoded>>& decoded) {
  if (!decoded) return "error " + std::string(name_of(decoded.error().code)) + " " + decoded.error().detail;
  if (!*decoded) return "need more";
  std::string text = "packet " + std::to_string((*decoded)->packet.index()) + " ";
  require(static_cast<bool>(encode_any((*decoded)->packet, text)), "what was decoded can be encoded");
  return text + " of " + std::to_string((*decoded)->consumed);
}

bool length_is_minimal(Bytes bytes) {
  std::size_t last = 1;
  while ((bytes[last] & 0x80) != 0) ++last;
  return last == 1 || bytes[last] != 0;
}

void check_round_trip(const Decoded& decoded, Bytes input) {
  if (std::holds_alternative<packet::OversizePublish>(decoded.packet)) return;
  require(decoded.consumed >= 2 && decoded.consumed <= input.size(), "a packet lies within its input");
  std::string encoded;
  require(static_cast<bool>(encode_any(decoded.packet, encoded)), "what was decoded can be encoded");
  const Bytes again(reinterpret_cast<const std::uint8_t*>(encoded.data()), encoded.size());
  const auto reread = decode(again, kNoLimit);
  require(reread && *reread && (*reread)->consumed == encoded.size(), "an encoded packet is one whole packet");
  std::string twice;
  require(static_cast<bool>(encode_any((*reread)->packet, twice)) && twice == encoded &&
              (*reread)->packet.index() == decoded.packet.index(),
          "a packet survives a round trip");
  const Bytes original = input.first(decoded.consumed);
  if (length_is_minimal(original))
    require(std::equal(again.begin(), again.end(), original.begin(), original.end()), "the encoding is the only one");
}

// The packet beyond the limit is the one that no limit would show.
void check_oversize(const packet::OversizePublish& oversize, std::size_t consumed, std::size_t limit, Bytes input) {
  require(oversize.remaining_length > limit, "only what is beyond the limit is oversize");
  require(consumed > oversize.remaining_length, "the header counts too");
  const auto whole = decode(input, kNoLimit);
  require(static_cast<bool>(whole), "what is oversize is well-formed");
  if (!*whole) return;  // its end is not there
  const auto* publish = std::get_if<packet::Publish>(&(*whole)->packet);
  require(publish != nullptr && publish->topic == oversize.topic && publish->qos == oversize.qos &&
              publish->packet_id == oversize.packet_id && (*whole)->consumed == consumed,
          "an oversize message is the same message");
}

void check_prefixes(Bytes input, std::size_t limit, const std::string& whole) {
  // Every short prefix, and some of a long input.
  const std::size_t step = input.size() <= 64 ? 1 : input.size() / 32;
  bool answered = false;
  for (std::size_t size = 0; size < input.size(); size += step) {
    const Exact prefix(input.first(size));
    const std::string part = answer(decode(prefix.bytes(), limit));
    require(part == whole || (part == "need more" && !answered), "a prefix agrees with the whole");
    answered = part != "need more";
  }
}

// What a receiver does with the bytes that arrive: the same as Client::consume.
class Receiver {
 public:
  explicit Receiver(std::size_t limit) : limit_(limit) {}

  void take(Bytes bytes) {
    held_.insert(held_.end(), bytes.begin(), bytes.end());
    while (!failed_) {
      const std::size_t skipped = std::min(skip_, held_.size());
      held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(skipped));
      skip_ -= skipped;
      const auto decoded = decode(held_, limit_);
      const std::string text = answer(decoded);
      if (text == "need more") return;
      heard_ += text + "\n";
      failed_ = !decoded;
      if (failed_) return;
      const std::size_t there = std::min((*decoded)->consumed, held_.size());
      skip_ = (*decoded)->consumed - there;
      held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(there));
    }
  }
  const std::string& heard() const { return heard_; }

 private:
  std::size_t limit_;
  std::vector<std::uint8_t> held_;
  std::size_t skip_ = 0;
  bool failed_ = false;
  std::string heard_;
};

void check_stream(Bytes input, std::size_t limit) {
  Receiver at_once(limit);
  at_once.take(input);
  Receiver in_pieces(limit);
  // The input itself says where it is cut: any pattern of cuts can be found.
  std::size_t at = 0;
  for (std::size_t i = 0; at < input.size(); ++i) {
    const std::size_t size = std::min<std::size_t>(1U + input[i % input.size()] % 23U, input.size() - at);
    in_pieces.take(input.subspan(at, size));
    at += size;
  }
  require(at_once.heard() == in_pieces.heard(), "a stream in pieces is the same stream");
}

void check(Bytes fuzzed) {
  const Exact exact(fuzzed);
  const Bytes input = exact.bytes();
  const std::string unlimited = answer(decode(input, kNoLimit));
  for (const std::size_t limit : kLimits) {
    const auto decoded = decode(input, limit);
    const std::string whole = answer(decoded);
    if (decoded && *decoded) {
      const Decoded& found = **decoded;
      check_round_trip(found, input);
      if (const auto* oversize = std::get_if<packet::OversizePublish>(&found.packet)) {
        check_oversize(*oversize, found.consumed, limit, input);
      } else {
        require(whole == unlimited, "a limit changes nothing within it");
      }
    }
    check_prefixes(input, limit, whole);
    check_stream(input, limit);
  }
}

}  // namespace
}  // namespace pitview::mqtt::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pitview::mqtt::fuzz::check({data, size});
  return 0;
}
