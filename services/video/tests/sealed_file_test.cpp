#include "recording/sealed_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "recording/workshop_keys.h"
#include "scratch_folder.h"

namespace pitview::video {
namespace {

namespace fs = std::filesystem;

constexpr crypto::Key256 kKey = {1, 2, 3};
constexpr crypto::Key256 kOtherKey = {1, 2, 4};
const std::string kName = "pit-1/1780000000000";

class Sealed : public testing::Test {
 protected:
  void write(int fragments) const {
    auto writer = SealedFileWriter::create(file_, kKey, kName);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->append({.kind = PieceKind::head}, "head"));
    for (int i = 0; i < fragments; ++i) ASSERT_TRUE(writer->append(piece(i), text(i)));
  }
  static Piece piece(int i) {
    return {.kind = i % 2 == 0 ? PieceKind::key_fragment : PieceKind::fragment,
            .began = Timestamp(std::chrono::milliseconds(1'780'000'000'000 + i * 500)),
            .decode = 45'000LL * i,
            .duration = 45'000};
  }
  static std::string text(int i) { return "fragment " + std::to_string(i); }
  std::string bytes() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void replace(const std::string& bytes) const { std::ofstream(file_, std::ios::binary | std::ios::trunc) << bytes; }

  ScratchFolder folder_;
  const fs::path& directory_ = folder_.path();
  const fs::path file_ = directory_ / "recording";
};

TEST_F(Sealed, AnyPieceIsReadWithoutTheOthers) {
  write(9);
  const auto reader = SealedFileReader::open(file_, kKey, kName);
  ASSERT_TRUE(reader);
  ASSERT_EQ(reader->entries().size(), 10U);
  EXPECT_EQ(*reader->read(8), text(7));
  EXPECT_EQ(*reader->read(0), "head");
  const Piece& third = reader->entries()[3].piece;
  EXPECT_EQ(third.kind, PieceKind::key_fragment);
  EXPECT_EQ(third.began, piece(2).began);
  EXPECT_EQ(third.decode, 90'000);
  EXPECT_EQ(third.duration, 45'000U);
}

TEST_F(Sealed, NothingOfAPieceCanBeSeenInTheFile) {
  write(3);
  EXPECT_EQ(bytes().find("fragment"), std::string::npos);
}

TEST_F(Sealed, OpensWithItsOwnKeyAndNameOnly) {
  write(1);
  EXPECT_FALSE(SealedFileReader::open(file_, kOtherKey, kName));
  EXPECT_FALSE(SealedFileReader::open(file_, kKey, "pit-2/1780000000000"));
  EXPECT_EQ(SealedFileReader::open(directory_ / "none", kKey, kName).error().code, Errc::not_found);
}

TEST_F(Sealed, OnePieceForAnotherDoesNotOpen) {
  write(2);
  const auto reader = SealedFileReader::open(file_, kKey, kName);
  const auto& entries = reader->entries();
  ASSERT_EQ(entries[1].sealed_size, entries[2].sealed_size);
  std::string swapped = bytes();
  constexpr std::size_t kHead = 28;
  const std::size_t size = entries[1].sealed_size + kHead;
  const std::string first = swapped.substr(entries[1].offset - kHead, size);
  const std::string second = swapped.substr(entries[2].offset - kHead, size);
  swapped.replace(entries[1].offset - kHead, size, second);
  swapped.replace(entries[2].offset - kHead, size, first);
  replace(swapped);
  const auto again = SealedFileReader::open(file_, kKey, kName);
  ASSERT_EQ(again->entries().size(), 3U);
  EXPECT_TRUE(again->read(0));
  EXPECT_FALSE(again->read(1));
  EXPECT_FALSE(again->read(2));
}

// Each bit of a piece, its head included.
TEST_F(Sealed, AnAlteredPieceDoesNotOpen) {
  write(1);
  const std::string whole = bytes();
  const auto offset = SealedFileReader::open(file_, kKey, kName)->entries()[1].offset;
  for (std::size_t at = offset - 28; at < whole.size(); ++at) {
    std::string altered = whole;
    altered[at] = static_cast<char>(altered[at] ^ 4);
    replace(altered);
    const auto reader = SealedFileReader::open(file_, kKey, kName);
    ASSERT_TRUE(reader);
    EXPECT_FALSE(reader->entries().size() == 2 && reader->read(1).has_value()) << "byte " << at;
  }
}

TEST_F(Sealed, AFileThatEndsAnywhereIsReadAsFarAsItIsWhole) {
  write(3);
  const std::string whole = bytes();
  const auto reader = SealedFileReader::open(file_, kKey, kName);
  std::vector<std::size_t> ends;
  for (const auto& entry : reader->entries()) ends.push_back(entry.offset + entry.sealed_size);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    replace(whole.substr(0, size));
    const auto cut = SealedFileReader::open(file_, kKey, kName);
    if (!cut) {
      EXPECT_LT(size, 64U);
      continue;
    }
    const auto expected = std::count_if(ends.begin(), ends.end(), [size](std::size_t end) { return end <= size; });
    ASSERT_EQ(cut->entries().size(), static_cast<std::size_t>(expected)) << size;
    for (std::size_t i = 0; i < cut->entries().size(); ++i) EXPECT_TRUE(cut->read(i));
  }
}

TEST_F(Sealed, AFileIsNeverWrittenOver) {
  write(1);
  EXPECT_EQ(SealedFileWriter::create(file_, kKey, kName).error().code, Errc::unavailable);
  EXPECT_EQ(SealedFileReader::open(file_, kKey, kName)->entries().size(), 2U);
}

TEST_F(Sealed, WhatTheDiskHasNoRoomForLeavesTheRestReadable) {
  const auto child = fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{300, 300};
    setrlimit(RLIMIT_FSIZE, &limit);
    auto writer = SealedFileWriter::create(file_, kKey, kName);
    bool right = writer.has_value() && writer->append({.kind = PieceKind::head}, "head").has_value();
    right = right && !writer->append(piece(0), std::string(500, 'x')).has_value();
    right = right && writer->append(piece(1), "small").has_value();
    _exit(right ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  const auto reader = SealedFileReader::open(file_, kKey, kName);
  ASSERT_TRUE(reader);
  ASSERT_EQ(reader->entries().size(), 2U);
  EXPECT_EQ(*reader->read(1), "small");
}

TEST_F(Sealed, WhatWasWrittenOutlivesAKillMinusNine) {
  int told[2];
  ASSERT_EQ(pipe(told), 0);
  const auto child = fork();
  if (child == 0) {
    auto writer = SealedFileWriter::create(file_, kKey, kName);
    for (int i = 0;; ++i) {
      if (!writer->append(piece(i), std::string(10'000, 'x'))) _exit(1);
      if (::write(told[1], &i, sizeof(i)) != sizeof(i)) _exit(1);
    }
  }
  close(told[1]);
  int last = -1;
  for (int i = 0; i < 50; ++i) ASSERT_EQ(::read(told[0], &last, sizeof(last)), static_cast<ssize_t>(sizeof(last)));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (::read(told[0], &last, sizeof(last)) == static_cast<ssize_t>(sizeof(last))) {
  }
  close(told[0]);
  const auto reader = SealedFileReader::open(file_, kKey, kName);
  ASSERT_TRUE(reader);
  ASSERT_GT(reader->entries().size(), static_cast<std::size_t>(last));
  for (std::size_t i = 0; i < reader->entries().size(); ++i) EXPECT_TRUE(reader->read(i));
}

TEST_F(Sealed, AWorkshopsKeyIsMadeOnceAndLiesSealed) {
  const auto key = WorkshopKeys(directory_, kKey).of("shop-1");
  ASSERT_TRUE(key);
  EXPECT_EQ(*WorkshopKeys(directory_, kKey).of("shop-1"), *key);
  EXPECT_NE(*WorkshopKeys(directory_, kKey).of("shop-2"), *key);
  std::ifstream in(directory_ / "shop-1" / "key", std::ios::binary);
  const std::string kept(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(kept.find(std::string(key->begin(), key->end())), std::string::npos);
}

TEST_F(Sealed, AKeyOfAnotherMasterOrWorkshopIsNoReasonForANewOne) {
  const auto key = WorkshopKeys(directory_, kKey).of("shop-1");
  EXPECT_EQ(WorkshopKeys(directory_, kOtherKey).of("shop-1").error().code, Errc::internal_error);
  fs::create_directories(directory_ / "shop-2");
  fs::copy_file(directory_ / "shop-1" / "key", directory_ / "shop-2" / "key");
  EXPECT_EQ(WorkshopKeys(directory_, kKey).of("shop-2").error().code, Errc::internal_error);
  EXPECT_EQ(*WorkshopKeys(directory_, kKey).of("shop-1"), *key);
}

TEST_F(Sealed, AKeyThatIsThereAndCannotBeReadIsNotReplaced) {
  fs::create_directories(directory_ / "shop-1");
  fs::create_symlink("key", directory_ / "shop-1" / "key");  // to itself
  EXPECT_EQ(WorkshopKeys(directory_, kKey).of("shop-1").error().code, Errc::unavailable);
  EXPECT_TRUE(fs::is_symlink(directory_ / "shop-1" / "key"));
}

}  // namespace
}  // namespace pitview::video
