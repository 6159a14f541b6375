// `pitview-kit flash` as a program, with a script in the place of esptool.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "firmware_sample.h"
#include "identity_values.h"
#include "kit_log.h"
#include "pitview/base/crypto.h"
#include "pitview/json/write.h"
#include "support.h"

namespace pitview::kit::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kIdentityOffset = "0x11000";

class Flash : public ::testing::Test {
 protected:
  static constexpr std::size_t kDevices = 3;

  Flash() : batch_(sample_batch(kDevices)) {
    write_firmware_build(directory_ / "firmware");
    fs::create_directories(directory_ / "bin");
    fs::create_symlink(PITVIEW_FAKE_ESPTOOL, directory_ / "bin" / "esptool.py");
    start_afresh();
  }

  void start_afresh() {
    fs::remove_all(batch_directory());
    write_text(batch_directory() / "batch.json", json::write(batch_));
    fs::permissions(batch_directory() / "batch.json", fs::perms::owner_read | fs::perms::owner_write);
    fs::remove_all(directory_ / "boards");
    plug_in(0);
  }
  // The board with the i-th MAC address, as it was left.
  void plug_in(std::size_t i) {
    board_ = directory_ / "boards" / std::to_string(i);
    fs::create_directories(board_ / "flash");
    write_text(board_ / "mac", sample_mac(i) + "\n");
  }
  fs::path batch_directory() const { return directory_ / "batch"; }
  Call command(std::vector<std::string> more = {}) const {
    Call call{.arguments = {"flash", "--batch", (batch_directory() / "batch.json").string(), "--firmware",
                            (directory_ / "firmware").string(), "--port", "/dev/ttyUSB7"},
              .environment = {{"PATH", (directory_ / "bin").string() + ":" + std::getenv("PATH")},
                              {"FAKE_BOARD", board_.string()}},
              .max_file_bytes = {}};
    call.arguments.insert(call.arguments.end(), more.begin(), more.end());
    return call;
  }
  std::string log() const { return read_text(KitLog::path_in(batch_directory())); }
  // The steps of the i-th device so far.
  std::vector<std::string> steps(std::size_t i) const {
    std::vector<std::string> steps;
    for (const std::string& line : lines_of(log())) {
      if (line.find(sample_device_id(i)) == std::string::npos) continue;
      const std::size_t begin = line.find(R"("step":")") + 8;
      steps.push_back(line.substr(begin, line.find('"', begin) - begin));
    }
    return steps;
  }
  std::string on_board(const std::string& offset, int write = 1) const {
    return read_text(board_ / "flash" / (offset + "." + std::to_string(write)));
  }
  bool was_written_again(const std::string& offset) const { return fs::exists(board_ / "flash" / (offset + ".2")); }
  void expect_done(std::size_t i) const {
    EXPECT_EQ(on_board(kIdentityOffset), identity_image(batch_, batch_.devices[i]));
    EXPECT_FALSE(was_written_again(kIdentityOffset)) << "the identity is written once";
    EXPECT_FALSE(fs::exists(batch_directory() / "flashing.bin")) << "secrets are not left lying about";
  }

  ScratchDirectory directory_;
  Batch batch_;
  fs::path board_;
};

TEST_F(Flash, WritesFirmwareAndTheBoardsOwnIdentityAndReadsThemBack) {
  plug_in(1);
  const Outcome outcome = run_kit(command());
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "ESP32-A4CF12B3D4E6 is flashed and verified\n");
  expect_done(1);
  EXPECT_EQ(on_board("0x1000"), "boot loader");
  EXPECT_EQ(on_board("0xf000"), "ota data");
  EXPECT_EQ(on_board("0x20000"), "application");
  EXPECT_THAT(steps(1), ElementsAre("flashing", "flashed", "verified"));
  EXPECT_THAT(log(), HasSubstr(crypto::sha256_hex(on_board(kIdentityOffset))));
  const auto calls = lines_of(read_text(board_ / "calls"));
  ASSERT_EQ(calls.size(), 3U);
  EXPECT_THAT(calls[0], EndsWith("--after no_reset read_mac"));
  EXPECT_THAT(calls[1], HasSubstr("--after no_reset write_flash --flash_mode dio"));
  EXPECT_THAT(calls[2], HasSubstr("--after hard_reset verify_flash --flash_"));
}

TEST_F(Flash, SaysNoSecret) {
  const Outcome outcome = run_kit(command());
  const std::string seen = outcome.out + outcome.err + log() + read_text(board_ / "calls");
  for (const char* secret : {"broker-secret", "LIC-", "K7QF", "abcdef"}) EXPECT_THAT(seen, Not(HasSubstr(secret)));
}

TEST_F(Flash, ABoardOutsideTheBatchIsNotTouched) {
  plug_in(9);
  const Outcome outcome = run_kit(command());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err,
              HasSubstr("the board is ESP32-A4CF12B3D4EE, which is not in batch \"2026-11-A\": nothing was written"));
  EXPECT_TRUE(fs::is_empty(board_ / "flash"));
  EXPECT_EQ(log(), "");
}

TEST_F(Flash, AFinishedBoardIsWrittenAgainOnlyWhenAskedFor) {
  run_kit(command());
  const Outcome refused = run_kit(command());
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("was flashed and verified before: --again writes its identity a second time"));
  expect_done(0);

  EXPECT_EQ(run_kit(command({"--again"})).status, 0);
  EXPECT_TRUE(was_written_again(kIdentityOffset));
  EXPECT_THAT(steps(0), ElementsAre("flashing", "flashed", "verified", "flashing", "flashed", "verified"));
  EXPECT_THAT(lines_of(log())[3], HasSubstr(R"("again":true)"));
}

TEST_F(Flash, AFailureIsLoggedAndTheNextRunTriesAgain) {
  write_text(board_ / "fails_at_write_flash", "");
  const Outcome failed = run_kit(command());
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.err, EndsWith("pitview-kit: esptool could not write the board (status 2): "
                                   "A fatal error occurred: Failed to connect\n"));
  EXPECT_THAT(steps(0), ElementsAre("flashing", "failed"));
  EXPECT_THAT(log(), HasSubstr("Failed to connect"));

  fs::remove(board_ / "fails_at_write_flash");
  EXPECT_EQ(run_kit(command()).status, 0);
  expect_done(0);
}

TEST_F(Flash, AnIdentityThatGotOntoTheBoardBeforeTheFailureIsNotWrittenAgain) {
  write_text(board_ / "fails_at_verify_flash", "");
  EXPECT_EQ(run_kit(command()).status, 1);
  EXPECT_THAT(steps(0), ElementsAre("flashing", "flashed", "failed"));

  fs::remove(board_ / "fails_at_verify_flash");
  EXPECT_EQ(run_kit(command()).status, 0);
  expect_done(0);
  EXPECT_TRUE(was_written_again("0x20000")) << "the firmware is";
  EXPECT_THAT(log(), HasSubstr("the identity is on the board already"));
}

TEST_F(Flash, ABoardThatDoesNotAnswerIsOnePlainLine) {
  write_text(board_ / "fails_at_read_mac", "");
  const Outcome outcome = run_kit(command());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("esptool could not read the board's MAC address (status 2): A fatal error"));
  EXPECT_EQ(log(), "");
}

TEST_F(Flash, ABoardThatIsExchangedUnderWayIsNoticed) {
  // The other end of the cable answers with another address from write_flash on.
  fs::remove(directory_ / "bin" / "esptool.py");
  write_text(directory_ / "bin" / "esptool.py", "#!/bin/sh\ncase \"$*\" in *write_flash*) echo " + sample_mac(2) +
                                                    " >\"$FAKE_BOARD/mac\" ;; esac\nexec " PITVIEW_FAKE_ESPTOOL
                                                    " \"$@\"\n");
  fs::permissions(directory_ / "bin" / "esptool.py", fs::perms::owner_all);
  const Outcome outcome = run_kit(command());
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err,
              HasSubstr("the board was changed under way: ESP32-A4CF12B3D4E7 instead of ESP32-A4CF12B3D4E5"));
  EXPECT_THAT(steps(0), ElementsAre("flashing", "failed"));
}

TEST_F(Flash, DryRunSaysTheCommandAndCallsNothing) {
  const Outcome outcome = run_kit(command({"--dry-run"}));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("would read the MAC address of the board at /dev/ttyUSB7"));
  EXPECT_THAT(outcome.out, HasSubstr("--after no_reset write_flash --flash_mode dio --flash_size 4MB"));
  EXPECT_THAT(outcome.out, HasSubstr(" 0x11000 "));
  EXPECT_FALSE(fs::exists(board_ / "calls"));
  EXPECT_EQ(std::distance(fs::directory_iterator(batch_directory()), fs::directory_iterator()), 1);
}

TEST_F(Flash, WithoutEsptoolItSaysHowToGetIt) {
  Call call = command();
  call.environment["PATH"] = (directory_ / "nowhere").string();
  EXPECT_EQ(run_kit(call).err, "pitview-kit: esptool is not installed: pip install esptool, or use IDF's terminal\n");
}

// The kit is killed while esptool writes. esptool lives on and holds the lock, so
// that no second kit talks to the board between its bytes.
TEST_F(Flash, AnEsptoolThatOutlivesItsKitKeepsTheNextKitAway) {
  const fs::path gate = board_ / "blocks_at_write_flash";
  ASSERT_EQ(::mkfifo(gate.c_str(), 0600), 0);
  RunningKit kit(command());
  std::ofstream open_gate(gate);  // opens once esptool waits there
  kit.kill();
  fs::remove(gate);  // nobody else waits there

  const Outcome second = run_kit(command());
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr("another pitview-kit, or the esptool of one that was ended, works on"));

  open_gate.close();
  wait_for_lock(batch_directory());
  const Outcome third = run_kit(command());
  EXPECT_EQ(third.status, 0) << third.err;
  expect_done(0);
}

TEST_F(Flash, ABatchThatWasInterruptedInTheMiddleIsFinished) {
  EXPECT_EQ(run_kit(command()).status, 0);
  plug_in(1);
  for (std::size_t n = 1; steps(1).empty(); ++n) {
    ASSERT_TRUE(kill_kit_before_change(command(), n));
    wait_for_lock(batch_directory());
  }
  EXPECT_THAT(steps(1), ElementsAre("flashing"));
  for (std::size_t i = 0; i < kDevices; ++i) {
    plug_in(i);
    EXPECT_EQ(run_kit(command()).status, i == 0 ? 1 : 0) << i;
    expect_done(i);
    EXPECT_EQ(steps(i).back(), "verified");
  }
}

// Killed before each change to the disk and each start of esptool in turn.
TEST_F(Flash, KilledAnywhereItGoesOnAndWritesNoIdentityTwice) {
  std::size_t points = 0;
  for (std::size_t n = 1;; ++n) {
    start_afresh();
    if (!kill_kit_before_change(command(), n)) break;
    ++points;
    wait_for_lock(batch_directory());
    const Outcome next = run_kit(command());
    const bool was_done = next.err.find("was flashed and verified before") != std::string::npos;
    EXPECT_TRUE(next.status == 0 || was_done) << n << ": " << next.err;
    EXPECT_EQ(steps(0).back(), "verified") << n;
    EXPECT_EQ(on_board(kIdentityOffset), identity_image(batch_, batch_.devices[0])) << n;
    EXPECT_FALSE(was_written_again(kIdentityOffset)) << n;
  }
  EXPECT_GT(points, 10U);
}

}  // namespace
}  // namespace pitview::kit::testing
