#include "archive/archive_file.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <system_error>

#include "archive/tests/full_disk.h"

namespace pitview::archive {
namespace {

namespace fs = std::filesystem;

class File : public ::testing::Test {
 protected:
  File() { fs::remove_all(folder_); }
  ~File() override { fs::remove_all(folder_); }

  int files() const {
    int all = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) all += entry.is_regular_file() ? 1 : 0;
    return all;
  }

  Written write(std::string_view lines) const {
    ArchiveFile file(file_, "a,b\n");
    file.write(lines);
    return file.finish();
  }

  const fs::path folder_ = fs::path(::testing::TempDir()) / ("archive-" + std::to_string(::getpid()));
  const fs::path file_ = folder_ / "workshop_001" / "readings.csv.gz";
};

TEST_F(File, reads_back_as_written) {
  std::string lines;
  for (int i = 0; i < 200'000; ++i) lines += std::to_string(i * 7919) + "," + std::to_string(i) + "\n";
  const Written written = write(lines);
  EXPECT_EQ(written.lines, 200'000);
  EXPECT_EQ(written.sha256, crypto::sha256("a,b\n" + lines));
  EXPECT_EQ(written.bytes, static_cast<std::int64_t>(fs::file_size(file_)));
  EXPECT_LT(written.bytes, static_cast<std::int64_t>(lines.size()));
  EXPECT_EQ(read_back(file_), written);
  EXPECT_EQ(files(), 1);
}

TEST_F(File, replaces_one_of_the_same_name) {
  write("1,2\n3,4\n");
  EXPECT_EQ(write("5,6\n").lines, 1);
  EXPECT_EQ(read_back(file_).lines, 1);
}

TEST_F(File, that_is_not_finished_leaves_nothing) {
  {
    ArchiveFile file(file_, "a,b\n");
    file.write("1,2\n");
  }
  EXPECT_EQ(files(), 0);
}

TEST_F(File, on_a_full_disk_is_an_error_and_the_old_one_stays) {
  const Written old = write("1,2\n");
  std::string noise;  // does not compress
  for (std::uint32_t x = 1; noise.size() < 400'000; x = x * 1664525 + 1013904223) noise += std::to_string(x) + "\n";
  {
    const FullDisk full(8192);
    EXPECT_THROW(write(noise), std::system_error);
  }
  EXPECT_EQ(read_back(file_), old);
  EXPECT_EQ(files(), 1);
}

TEST_F(File, that_is_damaged_is_not_read) {
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += std::to_string(i * 7919) + "\n";
  write(lines);
  const auto size = fs::file_size(file_);
  std::fstream(file_, std::ios::in | std::ios::out | std::ios::binary)
      .seekp(static_cast<std::streamoff>(size / 2))
      .write("\0\0\0", 3);
  EXPECT_THROW(read_back(file_), std::runtime_error);
  write(lines);
  std::ofstream(file_, std::ios::app) << "more";
  EXPECT_THROW(read_back(file_), std::runtime_error);
  write(lines);
  fs::resize_file(file_, size - 5);
  EXPECT_THROW(read_back(file_), std::runtime_error);
  fs::resize_file(file_, 0);
  EXPECT_THROW(read_back(file_), std::runtime_error);
}

TEST_F(File, where_it_cannot_be_is_an_error) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "workshop_001") << "a file where a folder should be";
  EXPECT_THROW(write("1,2\n"), std::system_error);
}

}  // namespace
}  // namespace pitview::archive
