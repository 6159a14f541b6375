#include "auth/device_check.h"

#include <gtest/gtest.h>

namespace pitview::auth {
namespace {

TEST(DeviceLogin, IsReadFromBasicAuthentication) {
  // "ESP32-A1B2C3D4E5F6:a-_b:c", and one with "?>" that has + and / in base 64.
  const auto login = device_login_of("Basic RVNQMzItQTFCMkMzRDRFNUY2OmEtX2I6Yw==");
  ASSERT_TRUE(login);
  EXPECT_EQ(login->device_id, "ESP32-A1B2C3D4E5F6");
  EXPECT_EQ(login->password, "a-_b:c");
  EXPECT_EQ(device_login_of("Basic YTo+Pj8/")->password, ">>??");
}

TEST(DeviceLogin, OfAnyOtherHeaderIsNone) {
  for (const char* header : {"", "Basic", "Basic ", "Basic ====", "Basic YWJj", "Basic YTo-Pj8_", "basic YTo+Pj8/",
                             "Bearer YTo+Pj8/", "Basic YTo+ Pj8/"})
    EXPECT_FALSE(device_login_of(header)) << header;
}

}  // namespace
}  // namespace pitview::auth
