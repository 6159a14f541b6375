#include "core/ota/release.h"

#include "core/base/flat_json.h"
#include "core/base/hex.h"

namespace pitview::fw {
namespace {

constexpr std::uint64_t kMaxImage = 1600 * 1024;  // the slot: firmware/idf/partitions.csv

// Takes digits up to `end` off the front.
std::optional<std::uint32_t> take_part(std::string_view& text, bool last) {
  const std::size_t dot = text.find('.');
  if ((dot == std::string_view::npos) != last) return std::nullopt;
  const auto value = parse_unsigned(text.substr(0, dot));
  if (!value || *value >= 1'000'000) return std::nullopt;
  text.remove_prefix(last ? text.size() : dot + 1);
  return static_cast<std::uint32_t>(*value);
}

}  // namespace

std::optional<Version> Version::parse(std::string_view text) {
  const auto major = take_part(text, false);
  if (!major) return std::nullopt;
  const auto minor = take_part(text, false);
  if (!minor) return std::nullopt;
  const auto patch = take_part(text, true);
  if (!patch) return std::nullopt;
  return Version{*major, *minor, *patch};
}

bool Version::operator<(const Version& other) const {
  if (major != other.major) return major < other.major;
  if (minor != other.minor) return minor < other.minor;
  return patch < other.patch;
}

std::optional<Release> parse_release(std::string_view json, std::string_view hw_rev, CryptoPort& crypto) {
  FlatJson offer;
  if (!offer.parse(json)) return std::nullopt;
  const auto id = offer.string("release_id");
  const auto version = offer.string("version");
  const auto size = offer.unsigned_number("size");
  const auto sha256 = offer.string("sha256");
  const auto signature_hex = offer.string("signature");
  const auto url = offer.string("url");
  if (!id || !version || !size || !sha256 || !signature_hex || !url) return std::nullopt;
  if (id->empty() || url->empty() || *size == 0 || *size > kMaxImage || !Version::parse(*version)) return std::nullopt;

  Release release;
  release.size = static_cast<std::uint32_t>(*size);
  std::uint8_t signature[Release::kMaxSignature];
  const std::size_t signature_size = signature_hex->size() / 2;
  if (!release.id.assign(*id) || !release.version.assign(*version) || !release.url.assign(*url) ||
      !decode_hex(*sha256, {release.sha256.data(), release.sha256.size()}) || signature_size > sizeof signature ||
      !decode_hex(*signature_hex, {signature, signature_size})) {
    return std::nullopt;
  }

  Text<256> text;
  text << "pitview-release-1\n" << *version << '\n' << hw_rev << '\n';
  text.number(*size) << '\n' << *sha256;
  if (!crypto.verify_release(ByteView(text.view()), {signature, signature_size})) return std::nullopt;
  return release;
}

}  // namespace pitview::fw
