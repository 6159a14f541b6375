#include "kit_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <string_view>

#include "error.h"
#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::kit {
namespace {

std::size_t completed_bytes(std::string_view text) {
  const auto end = text.rfind('\n');
  return end == std::string_view::npos ? 0 : end + 1;
}

std::map<std::string, History> histories_of(std::string_view text, const std::filesystem::path& path) {
  std::map<std::string, History> histories;
  std::size_t number = 0;
  for (text = text.substr(0, completed_bytes(text)); !text.empty();) {
    ++number;
    const std::size_t end = text.find('\n');
    const auto line = json::read<LogLine>(text.substr(0, end));
    if (!line)
      throw KitError(path.string() + ":" + std::to_string(number) + ": damaged line (" +
                     plain_line(line.error().detail) + "); nothing is done until that is cleared up");
    histories[line->device_id].add(*line);
    text.remove_prefix(end + 1);
  }
  return histories;
}

}  // namespace

void History::add(const LogLine& line) {
  switch (line.step) {
    case Step::registered: registered = true; break;
    case Step::image_written: image_sha256 = line.sha256; break;
    case Step::flashing: board = Board::interrupted; break;
    case Step::failed: board = Board::failed; break;
    case Step::flashed: board = Board::flashed; break;
    case Step::verified: board = Board::verified; break;
  }
  last = line;
}

std::filesystem::path KitLog::path_in(const std::filesystem::path& directory) { return directory / "kit.log.jsonl"; }

std::map<std::string, History> KitLog::read(const std::filesystem::path& directory) {
  const auto path = path_in(directory);
  if (!std::filesystem::exists(path)) return {};
  return histories_of(read_file(path), path);
}

KitLog::KitLog(const std::filesystem::path& directory, const Clock& clock) : clock_(clock), path_(path_in(directory)) {
  file_ = Descriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (file_.get() < 0) throw_errno("cannot open " + path_.string());
  const std::string text = read_file(path_);
  histories_ = histories_of(text, path_);
  // What a power cut left of a line: its step had not begun to rely on it.
  if (completed_bytes(text) != text.size() && ::ftruncate(file_.get(), static_cast<off_t>(completed_bytes(text))) != 0)
    throw_errno("cannot write " + path_.string());
  sync_directory(directory);
}

const History& KitLog::of(const std::string& device_id) const {
  static const History nothing;
  const auto found = histories_.find(device_id);
  return found == histories_.end() ? nothing : found->second;
}

void KitLog::append(LogLine line) {
  line.time = clock_.now();
  const off_t before = ::lseek(file_.get(), 0, SEEK_END);
  try {
    write_all(file_.get(), json::write(line) + "\n", path_);
    sync_file(file_.get(), path_);
  } catch (const KitError&) {
    // Half a line on a full disk would be damage for the next run; when even this
    // fails, it is a line without an end, which the next run cuts off.
    if (::ftruncate(file_.get(), before) != 0) throw_errno("cannot write " + path_.string());
    throw;
  }
  histories_[line.device_id].add(line);
}

}  // namespace pitview::kit
