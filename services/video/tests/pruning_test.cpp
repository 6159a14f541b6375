#include "recording/pruning.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "scratch_folder.h"

namespace pitview::video {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;
using std::chrono::hours;

class Pruning : public testing::Test {
 protected:
  void put(const std::string& name, std::chrono::seconds age) const {
    const fs::path file = directory_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << std::string(100, 'x');
    const timespec written{std::chrono::floor<std::chrono::seconds>(kNow - age).time_since_epoch().count(), 0};
    const timespec times[] = {written, written};
    ASSERT_EQ(utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  }
  std::set<std::string> left() const {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(directory_))
      if (entry.is_regular_file()) names.insert(entry.path().lexically_relative(directory_));
    return names;
  }

  Pruned pruned(const PruningRules& rules) const {
    Catalogue catalogue(directory_);
    catalogue.find();
    return prune(catalogue, rules);
  }

  static constexpr Timestamp kNow{std::chrono::seconds(1'780'000'000)};
  ScratchFolder folder_;
  const fs::path& directory_ = folder_.path();
};

TEST_F(Pruning, WhatIsTooOldGoesAndKeysStay) {
  put("shop-1/key", days(900));
  put("shop-1/pit-1/1.pvr", days(8));
  put("shop-1/pit-1/2.pvr", days(6));
  put("shop-2/pit-1/1.pvr", days(8));
  const Pruned gone = pruned({.now = kNow, .keep = days(7), .min_free_bytes = 100, .free_bytes = [] { return 100U; }});
  EXPECT_EQ(left(), (std::set<std::string>{"shop-1/key", "shop-1/pit-1/2.pvr"}));
  EXPECT_EQ(gone.files, 2U);
  EXPECT_EQ(gone.bytes, 200U);
  EXPECT_EQ(gone.for_want_of_room, 0U);
}

TEST_F(Pruning, AFullDiskCostsTheOldestOfAllUntilThereIsRoom) {
  put("shop-1/pit-1/1.pvr", hours(5));
  put("shop-2/pit-1/1.pvr", hours(9));
  put("shop-1/pit-2/1.pvr", hours(1));
  put("shop-1/pit-2/0.pvr", hours(7));
  // There is room for five of them.
  const Pruned gone = pruned(
      {.now = kNow, .keep = days(7), .min_free_bytes = 300, .free_bytes = [&] { return 500 - 100 * left().size(); }});
  EXPECT_EQ(left(), (std::set<std::string>{"shop-1/pit-1/1.pvr", "shop-1/pit-2/1.pvr"}));
  EXPECT_EQ(gone.for_want_of_room, 2U);
}

TEST_F(Pruning, AClipIsKeptWhateverItsAge) {
  put("shop-1/clip-1/1.pvr", days(900));
  pruned({.now = kNow, .keep = days(7), .min_free_bytes = 1, .free_bytes = [] { return 0U; }});
  EXPECT_EQ(left(), (std::set<std::string>{"shop-1/clip-1/1.pvr"}));
}

TEST_F(Pruning, NothingIsThereYet) {
  Catalogue none(directory_ / "none");
  none.find();
  EXPECT_EQ(prune(none, {.now = kNow, .keep = days(7), .free_bytes = [] { return 0U; }}).files, 0U);
}

TEST_F(Pruning, OtherFilesAndLinksAreNoneOfOurs) {
  put("shop-1/notes.txt", days(30));
  fs::create_symlink("/etc/hostname", directory_ / "shop-1/link.pvr");
  pruned({.now = kNow, .keep = days(7), .min_free_bytes = 1, .free_bytes = [] { return 0U; }});
  EXPECT_EQ(left(), (std::set<std::string>{"shop-1/link.pvr", "shop-1/notes.txt"}));
}

}  // namespace
}  // namespace pitview::video
