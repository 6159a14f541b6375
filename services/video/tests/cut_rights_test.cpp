#include "access/cut_rights.h"

#include <gtest/gtest.h>

namespace pitview::video {
namespace {

using std::chrono::seconds;

const Timestamp kNow{seconds(1'780'000'000)};

StreamGrant given_at(Timestamp then, std::string path = "pit-1", std::string session = "7") {
  return {std::move(path), "user:1", std::move(session), then + kStreamTokenLife};
}

TEST(CutRights, CoverTokensThatWereGivenBefore) {
  CutRights rights;
  EXPECT_FALSE(rights.covers(given_at(kNow)));
  rights.cut("pit-1", "7", kNow);
  EXPECT_TRUE(rights.covers(given_at(kNow - seconds(30))));
  EXPECT_TRUE(rights.covers(given_at(kNow)));
  EXPECT_FALSE(rights.covers(given_at(kNow + seconds(1)))) << "the right has come back since";
}

TEST(CutRights, AreOfOnePathAndSession) {
  CutRights rights;
  rights.cut("pit-1", "7", kNow);
  EXPECT_FALSE(rights.covers(given_at(kNow, "pit-2")));
  EXPECT_FALSE(rights.covers(given_at(kNow, "pit-1", "8")));
}

TEST(CutRights, ForgetNothingThatIsStillGood) {
  CutRights rights;
  rights.cut("pit-1", "7", kNow);
  for (int i = 0; i <= 60; ++i) rights.cut("pit-2", std::to_string(i), kNow + seconds(i));
  EXPECT_TRUE(rights.covers(given_at(kNow)));
}

}  // namespace
}  // namespace pitview::video
