// `pitview-kit images`, `labels` and `status` as a program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "identity_values.h"
#include "kit_log.h"
#include "nvs_reader.h"
#include "pitview/base/crypto.h"
#include "pitview/json/write.h"
#include "support.h"

namespace pitview::kit::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Images : public ::testing::Test {
 protected:
  static constexpr std::size_t kDevices = 2;

  Images() : batch_(sample_batch(kDevices)) { start_afresh(); }

  void start_afresh() {
    fs::remove_all(directory_ / "batch");
    fs::remove_all(out());
    write_text(batch_json(), json::write(batch_));
    fs::permissions(batch_json(), fs::perms::owner_read | fs::perms::owner_write);
  }
  fs::path batch_json() const { return directory_ / "batch" / "batch.json"; }
  fs::path out() const { return directory_ / "images"; }
  fs::path image(std::size_t i) const { return out() / (sample_device_id(i) + ".bin"); }
  fs::path csv(std::size_t i) const { return out() / (sample_device_id(i) + ".csv"); }
  std::string log() const { return read_text(KitLog::path_in(batch_json().parent_path())); }
  Call command(std::vector<std::string> more = {}) const {
    Call run{.arguments = {"images", "--batch", batch_json().string(), "--out", out().string()},
             .environment = {},
             .max_file_bytes = {}};
    run.arguments.insert(run.arguments.end(), more.begin(), more.end());
    return run;
  }
  std::size_t written_lines(std::size_t i) const {
    std::size_t count = 0;
    for (const std::string& line : lines_of(log()))
      if (line.find(R"("step":"image_written","device_id":")" + sample_device_id(i)) != std::string::npos) ++count;
    return count;
  }
  void expect_complete() const {
    for (std::size_t i = 0; i < kDevices; ++i) {
      EXPECT_EQ(read_text(image(i)), identity_image(batch_, batch_.devices[i]));
      EXPECT_EQ(read_text(csv(i)), identity_csv(batch_, batch_.devices[i]));
      EXPECT_EQ(written_lines(i), 1U);
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(out()), fs::directory_iterator()), 2 * kDevices);
  }

  ScratchDirectory directory_;
  Batch batch_;
};

TEST_F(Images, EveryDeviceGetsAnImageACsvAndALine) {
  const Outcome outcome = run_kit(command());
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "2 of 2 images written to " + out().string() + "\n");
  EXPECT_EQ(outcome.err, "");
  expect_complete();
  EXPECT_EQ(permissions_of(image(0)), 0600U);
  EXPECT_EQ(permissions_of(csv(0)), 0600U);
  EXPECT_THAT(log(), HasSubstr("\"sha256\":\"" + crypto::sha256_hex(read_text(image(1))) + "\""));
  EXPECT_EQ(nvs::testing::Reader(read_text(image(1))).values().at({"pitview", "device_id"}), sample_device_id(1));
}

TEST_F(Images, ASecondRunWritesNothing) {
  run_kit(command());
  const std::string before = log();
  const Outcome again = run_kit(command());
  EXPECT_EQ(again.out, "0 of 2 images written to " + out().string() + ", the others were there\n");
  EXPECT_EQ(log(), before);
}

TEST_F(Images, AnImageThatHasLeftIsNotWrittenASecondTimeUnlessAskedFor) {
  run_kit(command());
  fs::remove(image(1));
  const Outcome refused = run_kit(command());
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr(sample_device_id(1) + ": its image was written before and is not in"));
  EXPECT_FALSE(fs::exists(image(1)));

  EXPECT_EQ(run_kit(command({"--again"})).status, 0);
  EXPECT_TRUE(fs::exists(image(1)));
  EXPECT_THAT(log(), HasSubstr(R"("again":true)"));
}

TEST_F(Images, AFileOfSomebodyElseIsNotOverwritten) {
  write_text(image(1), "precious");
  const Outcome outcome = run_kit(command());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("is there and holds something else: --again overwrites it"));
  EXPECT_EQ(read_text(image(1)), "precious");
  EXPECT_FALSE(fs::exists(image(0))) << "found out before anything is written";
}

TEST_F(Images, DryRunWritesNothing) {
  const Outcome outcome = run_kit(command({"--dry-run"}));
  EXPECT_EQ(outcome.out, "would write 2 of 2 images to " + out().string() + "\n");
  EXPECT_FALSE(fs::exists(out()));
  EXPECT_EQ(std::distance(fs::directory_iterator(batch_json().parent_path()), fs::directory_iterator()), 1);
}

TEST_F(Images, AFullDiskLeavesNoHalfImage) {
  Call run = command();
  run.max_file_bytes = 10'000;  // room for a CSV, not for an image
  const Outcome outcome = run_kit(run);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("cannot write " + image(0).string()));
  for (const auto& file : fs::directory_iterator(out())) EXPECT_EQ(file.path(), csv(0));
  EXPECT_EQ(log(), "");
  EXPECT_EQ(run_kit(command()).status, 0);
  expect_complete();
}

TEST_F(Images, ABatchThatOthersCanReadIsUsedWithAWarning) {
  fs::permissions(batch_json(), fs::perms::others_read, fs::perm_options::add);
  const Outcome outcome = run_kit(command());
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, StartsWith("pitview-kit: warning: others can read"));
}

// Killed before each change to the disk in turn: the next run completes the batch,
// and what was complete before is the same file afterwards, not a new one.
TEST_F(Images, KilledAnywhereItGoesOnAndWritesNoIdentityTwice) {
  std::size_t points = 0;
  for (std::size_t n = 1;; ++n) {
    start_afresh();
    if (!kill_kit_before_change(command(), n)) break;
    ++points;
    std::map<fs::path, ino_t> before;
    if (fs::exists(out()))
      for (const auto& file : fs::directory_iterator(out())) {
        struct stat info{};
        ASSERT_EQ(::stat(file.path().c_str(), &info), 0);
        if (file.path().extension() != ".new") before[file.path()] = info.st_ino;
      }
    const Outcome next = run_kit(command());
    EXPECT_EQ(next.status, 0) << n << ": " << next.err;
    expect_complete();
    for (const auto& [path, inode] : before) {
      struct stat info{};
      ASSERT_EQ(::stat(path.c_str(), &info), 0);
      EXPECT_EQ(info.st_ino, inode) << n << ": " << path << " was written again";
    }
  }
  EXPECT_GT(points, 3 * kDevices);
}

TEST_F(Images, LabelsAreAPrivatePdf) {
  const fs::path pdf = directory_ / "labels.pdf";
  const Call run{.arguments = {"labels", "--batch", batch_json().string(), "--out", pdf.string()},
                 .environment = {},
                 .max_file_bytes = {}};
  Call dry_run = run;
  dry_run.arguments.emplace_back("--dry-run");
  EXPECT_EQ(run_kit(dry_run).out, "would draw 2 labels on 1 sheets avery-l7160: " + pdf.string() + "\n");
  EXPECT_FALSE(fs::exists(pdf));
  const Outcome outcome = run_kit(run);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(read_text(pdf), StartsWith("%PDF-"));
  EXPECT_EQ(permissions_of(pdf), 0600U);
}

TEST_F(Images, StatusSaysHowFarEveryDeviceIs) {
  batch_ = sample_batch(5);
  start_afresh();
  const auto line = [](std::size_t i, const std::string& step, const std::string& detail) {
    return R"({"time":"2026-11-25T09:30:00Z","step":")" + step + R"(","device_id":")" + sample_device_id(i) +
           R"(","again":false,"detail":)" + detail + "}\n";
  };
  write_text(KitLog::path_in(batch_json().parent_path()), line(0, "flashing", "null") + line(0, "verified", "null") +
                                                              line(1, "failed", "\"cable\"") +
                                                              line(2, "flashing", "null") + line(3, "flashed", "null"));
  const Outcome outcome =
      run_kit({.arguments = {"status", "--batch", batch_json().string()}, .environment = {}, .max_file_bytes = {}});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "ESP32-A4CF12B3D4E5  flashed and verified  2026-11-25T09:30:00.000Z\n"
            "ESP32-A4CF12B3D4E6  failed  2026-11-25T09:30:00.000Z  cable\n"
            "ESP32-A4CF12B3D4E7  interrupted while flashing  2026-11-25T09:30:00.000Z\n"
            "ESP32-A4CF12B3D4E8  flashed, not verified  2026-11-25T09:30:00.000Z\n"
            "ESP32-A4CF12B3D4E9  registered\n"
            "batch 7 \"2026-11-A\", rev E: 1 of 5 devices are done\n");
}

TEST_F(Images, AWrongCommandLineIsStatus2) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{}, {"images"}, {"fly"}, {"register", "--password", "x"}}) {
    const Outcome outcome = run_kit({.arguments = arguments, .environment = {}, .max_file_bytes = {}});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_NE(outcome.err, "");
  }
}

}  // namespace
}  // namespace pitview::kit::testing
