#include "auth/password_policy.h"

#include <gtest/gtest.h>

#include "auth/password.h"

namespace pitview::auth {
namespace {

std::string fault(std::string_view password) { return password_fault(password, "Workshop7").value_or(""); }

TEST(PasswordPolicy, AsksForLengthACapitalAndADigit) {
  EXPECT_EQ(fault("Tr4velin"), "");
  EXPECT_EQ(fault("Tr4veli"), "must have at least 8 characters");
  EXPECT_EQ(fault("tr4veling"), "must have a capital letter");
  EXPECT_EQ(fault("Traveling"), "must have a digit");
  EXPECT_EQ(fault("workSHOP7"), "must not be the username");
}

TEST(PasswordPolicy, CountsCharactersBelowAndBytesAbove) {
  EXPECT_EQ(fault("Ä1Bücher"), "");
  EXPECT_EQ(fault("Ü1ÄÖÜÄÖ"), "must have at least 8 characters");
  const std::string longest = "A1" + std::string(70, 'z');
  EXPECT_EQ(fault(longest), "");
  EXPECT_EQ(fault(longest + "z"), "must have at most 72 bytes");
}

TEST(PasswordPolicy, RefusesWhatEverybodyTriesFirst) {
  for (const char* common :
       {"Password1", "PASSWORD123", "Dragon2024", "Sunshine1!", "Qwerty123", "Iloveyou2", "1Q2w3e4r"})
    EXPECT_EQ(fault(common), "is one that many people use; choose another") << common;
  EXPECT_FALSE(is_common_password("Dragon20240"));
  EXPECT_FALSE(is_common_password("kJ8zrQ2mm4"));
  EXPECT_FALSE(is_common_password(""));
  EXPECT_FALSE(is_common_password("1234"));
}

TEST(PasswordPolicy, IsMetByTemporaryPasswords) {
  for (int i = 0; i < 200; ++i) {
    const std::string password = make_temporary_password();
    EXPECT_GE(password.size(), 12U);
    EXPECT_EQ(fault(password), "") << password;
  }
}

TEST(Password, OfNobodyMatchesNothing) {
  EXPECT_FALSE(is_password_hash("none"));
  EXPECT_TRUE(is_password_hash(unknown_user_hash()));
  EXPECT_FALSE(verify_password("none", "none"));
}

}  // namespace
}  // namespace pitview::auth
