// A release as the server offers it, and the rule which one is newer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/text.h"
#include "core/ports.h"

namespace pitview::fw {

// "1.4.2": three numbers, no leading zeros, each below 1,000,000.
struct Version {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t patch = 0;

  static std::optional<Version> parse(std::string_view text);
  bool operator<(const Version& other) const;
};

struct Release {
  static constexpr std::size_t kMaxSignature = 72;  // ECDSA P-256 in DER

  FixedString<40> id;
  FixedString<32> version;
  std::uint32_t size = 0;  // bytes of the image
  Sha256 sha256{};
  FixedString<200> url;  // absolute
};

// Nothing: the offer is not as the contract says, or not signed with the release key.
// The signature is over the lines "pitview-release-1", version, board revision, size,
// SHA-256 in lower-case hexadecimal; so an image for another board is refused as well.
std::optional<Release> parse_release(std::string_view json, std::string_view hw_rev, CryptoPort& crypto);

}  // namespace pitview::fw
