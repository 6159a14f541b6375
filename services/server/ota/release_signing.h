// What the signature of a release is over, exactly as firmware/core/ota/release.cpp
// checks it, and how people make one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "pitview/base/result.h"
#include "pitview/base/signature.h"

namespace pitview::ota {

inline constexpr std::size_t kMaxImage = std::size_t{1600} * 1024;  // bytes: the slot of a device

struct SignedRelease {
  std::string version;
  std::string hw_rev;
  std::size_t size = 0;  // bytes
  std::string sha256;    // lower-case hexadecimal
};

std::string signed_text(const SignedRelease& release);

// Facts of an image. validation_failed names each of version, hw_rev, image that no
// device would take.
Result<SignedRelease> describe_image(std::string version, std::string hw_rev, std::string_view image);

// What `pitview-server release sign` prints: size, sha256 and signature, a line each.
// std::runtime_error with one sentence.
std::string sign_release_file(const std::filesystem::path& key, const std::filesystem::path& image, std::string version,
                              std::string hw_rev);

}  // namespace pitview::ota
