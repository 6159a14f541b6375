#include <gtest/gtest.h>

#include <fstream>

#include "playback/clips.h"
#include "playback/movie_file.h"
#include "playback/vod_playlist.h"
#include "recording/recorder.h"
#include "scratch_folder.h"
#include "scripted_camera.h"

namespace pitview::video {
namespace {

using std::chrono::seconds;

constexpr crypto::Key256 kMaster = {7};

std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

// A camera of 15 pictures a second with a key frame every two seconds, which are recorded as if they came when their
// clock says so.
class Playback : public testing::Test {
 protected:
  Playback() { camera_.push(1); }

  // As a restart of the gateway does it: what comes next is another file with times of its own.
  void record(int count, const Unit& sps = kSps) {
    RecordingWriter writer(catalogue_, kMaster);
    Recorder recorder(camera_.stream(), clock_, writer, "shop-1", "pit-1");
    camera_.push(count, sps);
  }
  RecordedRange all() const {
    return {"pit-1", clock_.now() - std::chrono::hours(1), clock_.now() + std::chrono::hours(1)};
  }

  ScratchFolder folder_;
  Catalogue catalogue_{folder_.path()};
  Library library_{catalogue_, kMaster};
  SystemClock clock_;
  ScriptedCamera camera_{30};
};

TEST_F(Playback, NothingIsNotFound) {
  const auto found = library_.find(all());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::not_found);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "shop-1")) << "asking makes nothing";
}

TEST_F(Playback, BeginsWithTheKeyFrameBeforeAndEndsBehindTheTime) {
  record(30 * 10);  // 20 s
  const auto whole = library_.find(all());
  ASSERT_TRUE(whole);
  const Timestamp began = whole->front().began();
  const auto some =
      library_.find({"pit-1", began + std::chrono::milliseconds(5'500), began + std::chrono::milliseconds(7'500)});
  ASSERT_TRUE(some);
  ASSERT_EQ(some->size(), 1U);
  EXPECT_EQ(some->front().file.entries()[some->front().first].piece.kind, PieceKind::key_fragment);
  EXPECT_NEAR(std::chrono::duration<double>(some->front().began() - began).count(), 4.0, 0.1);
  EXPECT_GE(some->front().ended(), began + std::chrono::milliseconds(7'500));
  EXPECT_LE(some->front().ended(), began + std::chrono::milliseconds(8'500));
}

TEST_F(Playback, ThePlaylistHasEverySecondOfItAndMarksTheGaps) {
  record(30 * 10);
  record(30 * 5);
  const auto spans = library_.find(all());
  ASSERT_TRUE(spans);
  ASSERT_EQ(spans->size(), 2U);
  const std::string text = *write_vod_playlist(*spans);
  EXPECT_EQ(count_of(text, "#EXT-X-MAP"), 2U) << text;
  EXPECT_EQ(count_of(text, "#EXT-X-DISCONTINUITY"), 1U);
  EXPECT_EQ(count_of(text, "#EXT-X-PROGRAM-DATE-TIME"), 2U);
  EXPECT_TRUE(text.ends_with("#EXT-X-ENDLIST\n"));
  double sum = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("#EXTINF:")) sum += std::stod(line.substr(8));
  EXPECT_NEAR(sum, 30.1, 0.2);
}

TEST_F(Playback, AMovieHasEveryPictureOfAllFiles) {
  record(30 * 3);
  record(30 * 2);
  auto movie = MovieFile::of(*library_.find(all()));
  ASSERT_TRUE(movie);
  std::string bytes;
  while (true) {
    const auto more = movie->next();
    ASSERT_TRUE(more);
    if (more->empty()) break;
    bytes += *more;
  }
  EXPECT_EQ(bytes.size(), movie->size());
  const auto stts = bytes.find("stsz");
  ASSERT_NE(stts, std::string::npos);
  const auto at = reinterpret_cast<const std::uint8_t*>(bytes.data()) + stts + 12;
  // One more for each recorder: the pictures since the last key frame.
  EXPECT_GE(at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3], 150);
}

TEST_F(Playback, AnotherKindOfPictureIsNotForcedIntoOneMovie) {
  record(30);
  record(60, kOtherSps);
  const auto movie = MovieFile::of(*library_.find(all()));
  ASSERT_FALSE(movie);
  EXPECT_EQ(movie.error().code, Errc::conflict);
}

TEST_F(Playback, AClipOutlivesWhatItWasMadeOf) {
  record(30 * 5);
  record(30 * 5);
  const Timestamp began = library_.find(all())->front().began();
  const auto made =
      copy_clip(library_, catalogue_, {"pit-1", began + seconds(2), clock_.now() + seconds(60)}, "clip-1");
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(made->state, "ready");
  EXPECT_GT(made->bytes, 0U);
  EXPECT_EQ(catalogue_.remove_all("pit-1"), 2U);
  auto range = all();
  range.path = "clip-1";
  const auto spans = library_.find(range);
  ASSERT_TRUE(spans);
  EXPECT_EQ(spans->size(), 2U);
  EXPECT_EQ(to_milliseconds(spans->front().began()), made->began_ms);
  EXPECT_TRUE(MovieFile::of(*library_.find(range)));
  // Again, as after a restart, is the same clip and not a second one.
  record(30);
  ASSERT_TRUE(copy_clip(library_, catalogue_, all(), "clip-1"));
  EXPECT_EQ(library_.find(range)->size(), 1U);
  ASSERT_TRUE(copy_clip(library_, catalogue_, all(), "clip-1"));
  ASSERT_TRUE(library_.find(range)) << "under the very name that was removed";
}

TEST_F(Playback, WhatWasAlteredIsSaidAndNotShown) {
  record(30 * 3);
  const auto file = catalogue_.of("pit-1", Timestamp::min(), Timestamp::max()).at(0).name.file(folder_.path());
  const auto spans = library_.find(all());
  const auto& last = spans->front().file.entries().back();
  {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(static_cast<std::streamoff>(last.offset + 20));
    out.put('!');
  }
  EXPECT_FALSE(MovieFile::of(*library_.find(all())));
  EXPECT_FALSE(copy_clip(library_, catalogue_, all(), "clip-1"));
  EXPECT_TRUE(catalogue_.of("clip-1", Timestamp::min(), Timestamp::max()).empty());
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "shop-1" / "clip-1"));
}

TEST_F(Playback, WithoutItsKeyNothingOpensAndNoneIsMade) {
  record(30 * 3);
  std::filesystem::remove(folder_.path() / "shop-1" / "key");
  EXPECT_FALSE(library_.find(all()));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "shop-1" / "key"));
}

TEST(VodNames, AreThoseOfThePlaylist) {
  const auto head = parse_vod_name("1780000000000.mp4");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->count, 0U);
  const auto segment = parse_vod_name("1780000000000-5-7.m4s");
  ASSERT_TRUE(segment);
  EXPECT_EQ(segment->first, 5U);
  EXPECT_EQ(segment->count, 7U);
  for (const char* name : {"", "1", "1.mp", "-1.mp4", "1-2.m4s", "1-2-0.m4s", "1-2-3.m4", "1-2-3.m4s2", "../key",
                           "99999999999999999999.mp4", "1--2-3.m4s"})
    EXPECT_FALSE(parse_vod_name(name)) << name;
}

}  // namespace
}  // namespace pitview::video
