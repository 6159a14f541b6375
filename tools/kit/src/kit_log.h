// kit.log.jsonl: what has happened to each identity of a batch. The truth that a
// later run starts from, so a line is on disk before the next step begins. Lines
// are only appended. No secrets.
//
//   {"time":"2026-11-25T09:30:00.000Z","step":"flashed","device_id":"ESP32-…",
//    "sha256":"…","again":false,"detail":null}
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "files.h"
#include "pitview/base/time.h"
#include "pitview/json/describe.h"

namespace pitview::kit {

enum class Step : std::uint8_t {
  registered,     // the server has issued the identity
  image_written,  // the image is a file; sha256 is its own
  flashing,       // esptool is about to write the board
  flashed,        // esptool has written firmware and identity
  verified,       // and has read them back
  failed,         // flashing or verifying did not work; detail says why
};
BOOST_DESCRIBE_ENUM(Step, registered, image_written, flashing, flashed, verified, failed)

struct LogLine {
  Timestamp time;
  Step step = Step::registered;
  std::string device_id;
  std::optional<std::string> sha256;  // of the identity's image
  bool again = false;                 // a second time, asked for with --again
  std::optional<std::string> detail;
};
BOOST_DESCRIBE_STRUCT(LogLine, (), (time, step, device_id, sha256, again, detail))

// What the lines of one device add up to.
struct History {
  // interrupted, failed: the identity may be on the board.
  enum class Board : std::uint8_t { untouched, interrupted, failed, flashed, verified };

  bool registered = false;
  std::optional<std::string> image_sha256;
  Board board = Board::untouched;
  std::optional<LogLine> last;

  void add(const LogLine& line);
};

class KitLog {
 public:
  static std::filesystem::path path_in(const std::filesystem::path& directory);

  // Reads what is there, to look at. A last line without its line end was never
  // completed and does not count. Throws on a damaged line.
  static std::map<std::string, History> read(const std::filesystem::path& directory);

  // To continue. Precondition: the lock of the directory is held.
  KitLog(const std::filesystem::path& directory, const Clock& clock);

  const History& of(const std::string& device_id) const;
  // Sets the time. On return the line is on disk; after an exception it is not there.
  void append(LogLine line);

 private:
  const Clock& clock_;
  std::filesystem::path path_;
  Descriptor file_;
  std::map<std::string, History> histories_;
};

}  // namespace pitview::kit
