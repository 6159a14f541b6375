#include "ota/release_service.h"

#include <gtest/gtest.h>

namespace pitview::ota {
namespace {

Awaitable<> upload_anything(ReleaseService& service, std::optional<Error>& refused) {
  const Result<FirmwareRelease> answer = co_await service.upload({}, {"1.0.0", "D1", "", "AAAA", "00"});
  if (!answer) refused = answer.error();
}

TEST(ReleaseUpload, WithoutAPublicKeyIsRefusedAndTheSettingNamed) {
  Runtime runtime(1);
  app::Database nothing_to_reach(runtime, {});
  CampaignsRepository repository(nothing_to_reach);
  const std::optional<crypto::P256PublicKey> no_key;
  ReleaseService service(repository, no_key);

  std::optional<Error> refused;
  asio::io_context context;
  asio::co_spawn(context, upload_anything(service, refused), asio::detached);
  context.run();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, Errc::unavailable);
  EXPECT_NE(refused->detail.find("devices.release_public_key_file"), std::string::npos);
}

}  // namespace
}  // namespace pitview::ota
