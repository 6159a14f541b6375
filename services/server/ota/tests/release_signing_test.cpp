#include "ota/release_signing.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <regex>

#include "pitview/base/crypto.h"

namespace pitview::ota {
namespace {

namespace fs = std::filesystem;

class SignedFile : public ::testing::Test {
 protected:
  SignedFile() { fs::create_directories(folder_); }
  ~SignedFile() override { fs::remove_all(folder_); }

  fs::path write(const char* name, const std::string& content) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }

  fs::path folder_ = fs::temp_directory_path() / ("pitview-sign-" + std::to_string(getpid()));
  crypto::P256PrivateKey key_ = crypto::P256PrivateKey::generate();
};

TEST(SignedText, IsTheLinesThatTheFirmwareChecks) {
  const auto release = describe_image("1.4.2", "D1", "abc");
  ASSERT_TRUE(release);
  EXPECT_EQ(signed_text(*release),
            "pitview-release-1\n1.4.2\nD1\n3\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(SignedText, IsOfNothingThatADeviceWouldRefuse) {
  EXPECT_FALSE(describe_image("1.4", "D1", "abc"));
  EXPECT_FALSE(describe_image("1.4.2", "", "abc"));
  EXPECT_FALSE(describe_image("1.4.2", "D1\n9", "abc"));
  EXPECT_FALSE(describe_image("1.4.2", std::string(17, 'D'), "abc"));
  EXPECT_FALSE(describe_image("1.4.2", "D1", ""));
  EXPECT_TRUE(describe_image("1.4.2", "D1", std::string(kMaxImage, 'x')));
  EXPECT_FALSE(describe_image("1.4.2", "D1", std::string(kMaxImage + 1, 'x')));
}

TEST_F(SignedFile, HasASignatureThatThePublicKeyConfirms) {
  const std::string printed =
      sign_release_file(write("key.pem", key_.private_pem()), write("image.bin", "abc"), "1.4.2", "D1");
  std::smatch found;
  ASSERT_TRUE(std::regex_match(printed, found, std::regex("size 3\nsha256 ([0-9a-f]{64})\nsignature ([0-9a-f]+)\n")))
      << printed;
  const auto signature = crypto::from_hex(found[2].str());
  const auto key = crypto::P256PublicKey::from_pem(key_.public_pem());
  EXPECT_TRUE(key->verify(signed_text({"1.4.2", "D1", 3, found[1]}), *signature));
  EXPECT_FALSE(key->verify(signed_text({"1.4.2", "D2", 3, found[1]}), *signature));
}

TEST_F(SignedFile, SaysWhatIsWrongWithItsParts) {
  const fs::path key = write("key.pem", key_.private_pem());
  const fs::path image = write("image.bin", "abc");
  EXPECT_THROW(sign_release_file(folder_ / "none", image, "1.4.2", "D1"), std::runtime_error);
  EXPECT_THROW(sign_release_file(image, image, "1.4.2", "D1"), std::runtime_error);
  EXPECT_THROW(sign_release_file(key, write("empty.bin", ""), "1.4.2", "D1"), std::runtime_error);
  EXPECT_THROW(sign_release_file(key, image, "1.4", "D1"), std::runtime_error);
}

}  // namespace
}  // namespace pitview::ota
