#include "jobs/customer_accounts.h"

#include <gtest/gtest.h>

namespace pitview::jobs {
namespace {

TEST(CustomerUsername, IsTheNameInPlainLetters) {
  EXPECT_EQ(username_from("John Doe"), "johndoe");
  EXPECT_EQ(username_from("  R. K. Narayan-2 "), "rknarayan2");
  EXPECT_EQ(username_from("राहुल"), "customer");
  EXPECT_EQ(username_from(std::string(200, 'a')).size(), 30U);
}

}  // namespace
}  // namespace pitview::jobs
