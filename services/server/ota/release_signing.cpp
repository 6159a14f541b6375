#include "ota/release_signing.h"

#include <algorithm>
#include <fstream>
#include <span>
#include <sstream>
#include <stdexcept>

#include "ota/ota_rules.h"
#include "pitview/base/crypto.h"

namespace pitview::ota {
namespace {

constexpr std::size_t kMaxRevision = 16;

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return content.str();
}

// It is a line of the signed text.
bool is_revision(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRevision &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::string signed_text(const SignedRelease& release) {
  return "pitview-release-1\n" + release.version + "\n" + release.hw_rev + "\n" + std::to_string(release.size) + "\n" +
         release.sha256;
}

Result<SignedRelease> describe_image(std::string version, std::string hw_rev, std::string_view image) {
  Error error{Errc::validation_failed, "The release has a fault.", {}, 0};
  if (!Version::parse(version)) error.fields.push_back({"version", "must be three numbers below 1000000, as 1.4.2"});
  if (!is_revision(hw_rev)) error.fields.push_back({"hw_rev", "must be 1 to 16 characters of ASCII"});
  if (image.empty() || image.size() > kMaxImage)
    error.fields.push_back({"image_base64", "must be 1 to " + std::to_string(kMaxImage) + " bytes"});
  if (!error.fields.empty()) return error;
  return SignedRelease{std::move(version), std::move(hw_rev), image.size(), crypto::sha256_hex(image)};
}

std::string sign_release_file(const std::filesystem::path& key_file, const std::filesystem::path& image_file,
                              std::string version, std::string hw_rev) {
  const auto key = crypto::P256PrivateKey::from_pem(content_of(key_file));
  if (!key) throw std::runtime_error(key_file.string() + " is no private key of P-256 in PEM without a passphrase");
  const Result<SignedRelease> release = describe_image(std::move(version), std::move(hw_rev), content_of(image_file));
  if (!release) {
    const FieldProblem& fault = release.error().fields.front();
    throw std::runtime_error((fault.field == "image_base64" ? image_file.string() : fault.field) + " " + fault.message);
  }
  return "size " + std::to_string(release->size) + "\nsha256 " + release->sha256 + "\nsignature " +
         crypto::to_hex(key->sign(signed_text(*release))) + "\n";
}

}  // namespace pitview::ota
