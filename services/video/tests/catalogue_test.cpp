#include "recording/catalogue.h"

#include <gtest/gtest.h>

#include <fstream>

#include "scratch_folder.h"

namespace pitview::video {
namespace {

using std::chrono::seconds;

constexpr Timestamp kNoon{seconds(1'780'000'000)};

class CatalogueOfRecordings : public testing::Test {
 protected:
  static RecordingName name(const std::string& path, int second) { return {"shop-1", path, kNoon + seconds(second)}; }
  void write(const std::string& path, int from, int to) {
    const RecordingName named = name(path, from);
    std::filesystem::create_directories(named.file(folder_.path()).parent_path());
    std::ofstream(named.file(folder_.path())) << "x";
    catalogue_.wrote(named, kNoon + seconds(to), 1);
  }
  // What is told: "pit-1+0" for one that is there and began at 0 s, "pit-1-0" for one that is gone.
  std::vector<std::string> told(std::uint64_t after, std::size_t limit = 100) {
    last_ = catalogue_.changes(after, limit);
    std::vector<std::string> texts;
    for (const auto& change : last_.changes)
      texts.push_back(change.recording.name.path + (change.removed ? "-" : "+") +
                      std::to_string(std::chrono::round<seconds>(change.recording.name.began - kNoon).count()));
    return texts;
  }
  using Texts = std::vector<std::string>;

  ScratchFolder folder_;
  Catalogue catalogue_{folder_.path()};
  Catalogue::Changes last_;
};

TEST_F(CatalogueOfRecordings, FindsWhatLiesThere) {
  write("pit-1", 0, 10);
  std::ofstream(folder_.path() / "shop-1" / "key") << "k";
  std::ofstream(folder_.path() / "shop-1" / "pit-1" / "notes.pvr") << "k";
  Catalogue other(folder_.path());
  EXPECT_FALSE(other.is_complete());
  other.find();
  EXPECT_TRUE(other.is_complete());
  const auto found = other.of("pit-1", kNoon, kNoon + seconds(1));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, name("pit-1", 0));
  EXPECT_EQ(found[0].bytes, 1U);
}

TEST_F(CatalogueOfRecordings, OfATimeAreThoseThatShowSomeOfIt) {
  write("pit-1", 0, 10);
  write("pit-1", 20, 30);
  write("pit-2", 0, 30);
  const auto count = [&](int from, int to) {
    return catalogue_.of("pit-1", kNoon + seconds(from), kNoon + seconds(to)).size();
  };
  EXPECT_EQ(count(0, 30), 2U);
  EXPECT_EQ(count(10, 20), 0U);
  EXPECT_EQ(count(9, 20), 1U);
  EXPECT_EQ(count(10, 21), 1U);
}

TEST_F(CatalogueOfRecordings, ChangesAreToldOnceAndRemovalsToo) {
  write("pit-1", 0, 10);
  write("pit-1", 20, 30);
  EXPECT_EQ(told(0), (Texts{"pit-1+0", "pit-1+20"}));
  EXPECT_TRUE(last_.from_beginning);
  EXPECT_EQ(told(last_.revision), Texts{});
  write("pit-1", 20, 40);
  EXPECT_EQ(told(last_.revision), Texts{"pit-1+20"});
  EXPECT_FALSE(last_.from_beginning);
  EXPECT_TRUE(catalogue_.remove(name("pit-1", 0)));
  EXPECT_FALSE(catalogue_.remove(name("pit-1", 0)));
  EXPECT_FALSE(std::filesystem::exists(name("pit-1", 0).file(folder_.path())));
  const std::uint64_t before = last_.revision;
  EXPECT_EQ(told(before), Texts{"pit-1-0"});
  EXPECT_EQ(told(before), Texts{"pit-1-0"});  // an answer that was lost
  EXPECT_EQ(told(last_.revision), Texts{});
  // Who missed it hears everything from the beginning.
  EXPECT_EQ(told(before), Texts{"pit-1+20"});
  EXPECT_TRUE(last_.from_beginning);
}

TEST_F(CatalogueOfRecordings, ManyAreToldInPages) {
  for (int i = 0; i < 5; ++i) write("pit-1", i, i + 1);
  EXPECT_EQ(told(0, 2).size(), 2U);
  EXPECT_TRUE(last_.more);
  EXPECT_EQ(told(last_.revision, 2), (Texts{"pit-1+2", "pit-1+3"}));
  EXPECT_EQ(told(last_.revision, 2), Texts{"pit-1+4"});
  EXPECT_FALSE(last_.more);
}

TEST_F(CatalogueOfRecordings, WhatIsStillWrittenAfterItsRemovalStaysGone) {
  write("pit-1", 0, 10);
  EXPECT_EQ(catalogue_.remove_all("pit-1"), 1U);
  catalogue_.wrote(name("pit-1", 0), kNoon + seconds(11), 2);
  EXPECT_TRUE(catalogue_.of("pit-1", kNoon, kNoon + seconds(60)).empty());
}

}  // namespace
}  // namespace pitview::video
