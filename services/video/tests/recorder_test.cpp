#include "recording/recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "pitview/fmp4/reader.h"
#include "scratch_folder.h"
#include "scripted_camera.h"

namespace pitview::video {
namespace {

namespace fs = std::filesystem;

constexpr crypto::Key256 kMaster = {7};
// A camera with a key frame every two seconds.
class RecordingACamera : public testing::Test {
 protected:
  std::unique_ptr<Recorder> record(RecordingWriter& writer) {
    return std::make_unique<Recorder>(camera_.stream(), clock_, writer, "shop-1", "pit-1");
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

  ScratchFolder folder_;
  const fs::path& directory_ = folder_.path();
  Catalogue catalogue_{directory_};
  SystemClock clock_;
  ScriptedCamera camera_{30};
};

TEST_F(RecordingACamera, EveryPictureIsInPiecesOfASecondAtMost) {
  {
    RecordingWriter writer(catalogue_, kMaster);
    camera_.push(10);  // before it began: the pictures since the last key frame are kept too
    const auto recorder = record(writer);
    camera_.push(140);
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

TEST_F(RecordingACamera, AnotherKindOfPicturesIsAnotherFile) {
  {
    RecordingWriter writer(catalogue_, kMaster);
    const auto recorder = record(writer);
    camera_.push(30);
    camera_.push(30, kOtherSps);
  }
  ASSERT_EQ(files().size(), 2U);
  for (const fs::path& file : files()) EXPECT_NEAR(seconds_of(*open(file)), 2.0, 0.1);
}

TEST_F(RecordingACamera, AFileIsOfTenMinutes) {
  {
    RecordingWriter writer(catalogue_, kMaster);
    const auto recorder = record(writer);
    camera_.push(15 * 60 * 21);
  }
  ASSERT_EQ(files().size(), 3U);
  EXPECT_NEAR(seconds_of(*open(files()[0])), 600.0, 2.1);
}

TEST_F(RecordingACamera, AHoleIsNoLongPicture) {
  {
    RecordingWriter writer(catalogue_, kMaster);
    const auto recorder = record(writer);
    camera_.push(60);
    camera_.pause(std::chrono::seconds(5));
    camera_.push(15);
  }
  double sum = 0;
  for (const fs::path& file : files()) sum += seconds_of(*open(file));
  EXPECT_NEAR(sum, 5.0, 0.2);
}

TEST_F(RecordingACamera, ADiskThatRefusesIsTriedAgainAtTheNextKeyFrame) {
  {
    std::ofstream(directory_ / "shop-1") << "in the way";
    RecordingWriter writer(catalogue_, kMaster);
    const auto recorder = record(writer);
    camera_.push(30);
    while (writer.counters().dropped == 0) std::this_thread::yield();
    fs::remove(directory_ / "shop-1");
    camera_.push(60);
  }
  ASSERT_EQ(files().size(), 1U);
  const auto file = open(files()[0]);
  ASSERT_GE(file->entries().size(), 3U);
  EXPECT_EQ(file->entries()[0].piece.kind, PieceKind::head);
  EXPECT_EQ(file->entries()[1].piece.kind, PieceKind::key_fragment);
}

TEST_F(RecordingACamera, ALostPieceIsAGapAndAnotherFileFollows) {
  const auto bytes = [](std::size_t size) { return std::make_shared<const std::string>(size, 'x'); };
  const Timestamp began = from_milliseconds(1'780'000'000'000);
  const auto piece = [&](PieceKind kind, int second) {
    return Piece{.kind = kind, .began = began + std::chrono::seconds(second), .duration = 90'000};
  };
  {
    RecordingWriter writer(catalogue_, kMaster);
    const auto file = writer.begin({"shop-1", "pit-1", began}, bytes(1));
    writer.append(file, piece(PieceKind::key_fragment, 0), bytes(10));
    writer.append(file, piece(PieceKind::fragment, 1), bytes(kMaxPiece));
    writer.append(file, piece(PieceKind::fragment, 2), bytes(20));
    writer.append(file, piece(PieceKind::key_fragment, 3), bytes(30));
    writer.append(file, piece(PieceKind::fragment, 4), bytes(40));
  }
  const auto known = catalogue_.of("pit-1", began, began + std::chrono::hours(1));
  ASSERT_EQ(known.size(), 2U);
  EXPECT_EQ(known[0].ended, began + std::chrono::seconds(1));
  EXPECT_EQ(known[1].name.began, began + std::chrono::seconds(3));
  EXPECT_EQ(known[1].ended, began + std::chrono::seconds(5));
  std::vector<std::size_t> sizes;
  for (const fs::path& file : files()) {
    const auto recorded = open(file);
    for (std::size_t i = 0; i < recorded->entries().size(); ++i) sizes.push_back(recorded->read(i)->size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 10, 1, 30, 40}));
}

}  // namespace
}  // namespace pitview::video
