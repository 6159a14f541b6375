#include "staff/staff_rules.h"

#include <gtest/gtest.h>

#include "auth/account_rules.h"

namespace pitview::staff {
namespace {

constexpr Role kRoles[] = {Role::super_admin, Role::owner, Role::manager, Role::operator_, Role::customer};

Principal who(Role role) {
  return {.user = UserId(1), .workshop = WorkshopId(2), .session = SessionId(3), .role = role};
}

Staff whom(Role role, std::int64_t id = 9) {
  return {.id = UserId(id), .workshop_id = WorkshopId(2), .role = std::string(name_of(role))};
}

TEST(Managing, GoesDownwardsOnly) {
  for (const Role a : kRoles)
    for (const Role b : kRoles) {
      const bool expected = (a == Role::owner && (b == Role::manager || b == Role::operator_)) ||
                            (a == Role::manager && b == Role::operator_);
      EXPECT_EQ(auth::manages(a, b), expected) << name_of(a) << " " << name_of(b);
    }
}

TEST(LookingInto, TakesAuthorityOrOneself) {
  EXPECT_TRUE(auth::may_look_into(who(Role::operator_), UserId(1), Role::operator_));
  EXPECT_FALSE(auth::may_look_into(who(Role::operator_), UserId(9), Role::operator_));
  EXPECT_TRUE(auth::may_look_into(who(Role::manager), UserId(9), Role::operator_));
  EXPECT_FALSE(auth::may_look_into(who(Role::manager), UserId(9), Role::manager));
  EXPECT_FALSE(auth::may_look_into(who(Role::manager), UserId(9), Role::owner));
  for (const Role role : kRoles) {
    EXPECT_TRUE(auth::may_look_into(who(Role::owner), UserId(9), role));
    EXPECT_TRUE(auth::may_look_into(who(Role::super_admin), UserId(9), role));
  }
}

TEST(Changing, OthersIsForThoseWhoLookAfterThem) {
  for (const Role a : kRoles)
    for (const Role b : {Role::owner, Role::manager, Role::operator_}) {
      EXPECT_EQ(check_change(who(a), whom(b), {.display_name = "New"}).has_value(), auth::manages(a, b));
      EXPECT_EQ(check_change(who(a), whom(b), {.disabled = true}).has_value(), auth::manages(a, b));
      EXPECT_EQ(check_manages(who(a), whom(b)).has_value(), auth::manages(a, b));
    }
}

TEST(Changing, GivesNoRoleThatOneDoesNotManage) {
  for (const Role a : kRoles)
    for (const Role b : {Role::owner, Role::manager, Role::operator_})
      for (const Role given : kRoles)
        EXPECT_EQ(check_change(who(a), whom(b), {.role = given}).has_value(),
                  auth::manages(a, b) && auth::manages(a, given))
            << name_of(a) << " makes " << name_of(b) << " a " << name_of(given);
}

TEST(Changing, OneselfLeavesRoleAndRightsAlone) {
  for (const Role role : {Role::owner, Role::manager}) {
    const Staff self = whom(role, 1);
    EXPECT_TRUE(check_change(who(role), self, {.display_name = "New", .email = std::nullopt}));
    EXPECT_TRUE(check_change(who(role), self, {.role = role, .disabled = false}));
    EXPECT_FALSE(check_change(who(role), self, {.disabled = true}));
    EXPECT_FALSE(check_manages(who(role), self));
    for (const Role other : kRoles)
      if (other != role) EXPECT_FALSE(check_change(who(role), self, {.role = other})) << name_of(other);
  }
}

TEST(Usernames, AreWhatCanBeReadOutAndTyped) {
  for (const char* good : {"abc", "A.b-c_9", "9lives"}) EXPECT_FALSE(username_fault(good)) << good;
  for (const char* bad : {"", "ab", ".abc", "-abc", "a b", "a@b.c", "ab\n", "äbc"})
    EXPECT_TRUE(username_fault(bad)) << bad;
  EXPECT_FALSE(username_fault(std::string(30, 'a')));
  EXPECT_TRUE(username_fault(std::string(31, 'a')));
}

}  // namespace
}  // namespace pitview::staff
