#include "recording/recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "pitview/fmp4/reader.h"

namespace pitview::video {
namespace {

namespace fs = std::filesystem;
using Unit = std::vector<std::uint8_t>;

constexpr crypto::Key256 kMaster = {7};
const Unit kSps = {0x67, 0x42, 0xe0, 0x1f, 0x95, 0xa0, 0x14, 0x01, 0x6e, 0x40};       // 640 × 360
const Unit kOtherSps = {0x67, 0x42, 0xe0, 0x1e, 0x95, 0xa0, 0x14, 0x01, 0x6e, 0x40};  // of another level
const Unit kPps = {0x68, 0xce, 0x3c, 0x80};

// A camera of 15 pictures a second with a key frame every two seconds, in a time of its own.
class Recording : public testing::Test {
 protected:
  Recording() {
    std::string name = (fs::temp_directory_path() / "pitview-recorder-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~Recording() override { fs::remove_all(directory_); }

  void push(int count, const Unit& sps = kSps) {
    for (int i = 0; i < count; ++i, ++pictures_, timestamp_ += 6'000, arrived_ += std::chrono::microseconds(66'667)) {
      const bool keyframe = pictures_ % 30 == 0;
      const Unit slice = keyframe ? Unit{0x65, 0x88, 0x84, 0x00} : Unit{0x41, 0x9a, 0x00, 0x01};
      rtp::AccessUnit unit{.timestamp = timestamp_, .keyframe = keyframe};
      if (keyframe) unit.units = {sps, kPps, slice};
      if (!keyframe) unit.units = {slice};
      stream_.push(unit, arrived_);
    }
  }
  void pause(std::chrono::seconds time) {
    arrived_ += time;
    timestamp_ += static_cast<std::uint32_t>(time.count() * 90'000);
  }
  std::unique_ptr<Recorder> record(RecordingWriter& writer) {
    return std::make_unique<Recorder>(stream_, clock_, writer, "shop-1", "pit-1");
  }

  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::recursive_directory_iterator(directory_))
      if (entry.path().extension() == ".pvr") all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    return all;
  }
  Result<SealedFileReader> open(const fs::path& file) const {
    return SealedFileReader::open(file, *WorkshopKeys(directory_, kMaster).of("shop-1"),
                                  "pit-1/" + file.stem().string());
  }
  static std::string mp4_of(const SealedFileReader& file) {
    std::string bytes;
    for (std::size_t i = 0; i < file.entries().size(); ++i) bytes += *file.read(i);
    return bytes;
  }
  static double seconds_of(const SealedFileReader& file) {
    double sum = 0;
    for (const auto& entry : file.entries()) sum += entry.piece.duration / 90'000.0;
    return sum;
  }

  fs::path directory_;
  SystemClock clock_;
  Stream stream_;
  SteadyTime arrived_ = std::chrono::steady_clock::now();
  int pictures_ = 0;
  std::uint32_t timestamp_ = 0xffff0000U;
};

TEST_F(Recording, EveryPictureIsInPiecesOfASecondAtMost) {
  {
    RecordingWriter writer(directory_, kMaster);
    push(10);  // before it began: the pictures since the last key frame are kept too
    const auto recorder = record(writer);
    push(140);
  }
  ASSERT_EQ(files().size(), 1U);
  const auto file = open(files()[0]);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->entries()[0].piece.kind, PieceKind::head);
  EXPECT_EQ(file->entries()[1].piece.kind, PieceKind::key_fragment);
  for (const auto& entry : file->entries()) EXPECT_LE(entry.piece.duration, 90'000U);
  const auto is_key = [](const auto& entry) { return entry.piece.kind == PieceKind::key_fragment; };
  EXPECT_EQ(std::count_if(file->entries().begin(), file->entries().end(), is_key), 5);
  EXPECT_NEAR(seconds_of(*file), 10.0, 0.01);
  const std::string mp4 = mp4_of(*file);
  const auto read = fmp4::read_file({reinterpret_cast<const std::uint8_t*>(mp4.data()), mp4.size()});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->whole, mp4.size());
  std::uint32_t pictures = 0;
  for (const auto& fragment : read->fragments) pictures += fragment.samples;
  EXPECT_EQ(pictures, 150U);
}

TEST_F(Recording, AnotherKindOfPicturesIsAnotherFile) {
  {
    RecordingWriter writer(directory_, kMaster);
    const auto recorder = record(writer);
    push(30);
    push(30, kOtherSps);
  }
  ASSERT_EQ(files().size(), 2U);
  for (const fs::path& file : files()) EXPECT_NEAR(seconds_of(*open(file)), 2.0, 0.1);
}

TEST_F(Recording, AFileIsOfTenMinutes) {
  {
    RecordingWriter writer(directory_, kMaster);
    const auto recorder = record(writer);
    push(15 * 60 * 21);
  }
  ASSERT_EQ(files().size(), 3U);
  EXPECT_NEAR(seconds_of(*open(files()[0])), 600.0, 2.1);
}

TEST_F(Recording, AHoleIsNoLongPicture) {
  {
    RecordingWriter writer(directory_, kMaster);
    const auto recorder = record(writer);
    push(60);
    pause(std::chrono::seconds(5));
    push(15);
  }
  double sum = 0;
  for (const fs::path& file : files()) sum += seconds_of(*open(file));
  EXPECT_NEAR(sum, 5.0, 0.2);
}

TEST_F(Recording, ADiskThatRefusesIsTriedAgainAtTheNextKeyFrame) {
  {
    std::ofstream(directory_ / "shop-1") << "in the way";
    RecordingWriter writer(directory_, kMaster);
    const auto recorder = record(writer);
    push(30);
    while (writer.counters().dropped == 0) std::this_thread::yield();
    fs::remove(directory_ / "shop-1");
    push(60);
  }
  ASSERT_EQ(files().size(), 1U);
  const auto file = open(files()[0]);
  ASSERT_GE(file->entries().size(), 3U);
  EXPECT_EQ(file->entries()[0].piece.kind, PieceKind::head);
  EXPECT_EQ(file->entries()[1].piece.kind, PieceKind::key_fragment);
}

TEST_F(Recording, WhatFollowsALostPieceIsLeftOutUpToTheNextKeyFrame) {
  const auto bytes = [](std::size_t size) { return std::make_shared<const std::string>(size, 'x'); };
  {
    RecordingWriter writer(directory_, kMaster);
    const auto file = writer.begin({"shop-1", "pit-1", clock_.now()}, bytes(1));
    writer.append(file, {.kind = PieceKind::key_fragment}, bytes(10));
    writer.append(file, {.kind = PieceKind::fragment}, bytes(SealedFileReader::kMaxPiece));
    writer.append(file, {.kind = PieceKind::fragment}, bytes(20));
    writer.append(file, {.kind = PieceKind::key_fragment}, bytes(30));
    writer.append(file, {.kind = PieceKind::fragment}, bytes(40));
  }
  const auto recorded = open(files().at(0));
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < recorded->entries().size(); ++i) sizes.push_back(recorded->read(i)->size());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 10, 30, 40}));
}

}  // namespace
}  // namespace pitview::video
