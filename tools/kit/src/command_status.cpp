#include <iostream>

#include "batch.h"
#include "commands.h"
#include "error.h"
#include "kit_log.h"

namespace pitview::kit {
namespace {

std::string words_for(const History& history) {
  switch (history.board) {
    case History::Board::verified: return "flashed and verified";
    case History::Board::flashed: return "flashed, not verified";
    case History::Board::failed: return "failed";
    case History::Board::interrupted: return "interrupted while flashing";
    case History::Board::untouched: break;
  }
  return history.image_sha256 ? "image written" : "registered";
}

}  // namespace

void print_status(const std::filesystem::path& path) {
  const Batch batch = read_batch(path);
  auto histories = KitLog::read(directory_of(path));
  std::size_t done = 0;
  for (const BatchDevice& device : batch.devices) {
    const History& history = histories[device.device_id];
    done += history.board == History::Board::verified ? 1 : 0;
    std::cout << device.device_id << "  " << words_for(history);
    if (history.last) std::cout << "  " << to_iso8601(history.last->time);
    if (history.last && history.last->detail) std::cout << "  " << plain_line(*history.last->detail);
    std::cout << '\n';
  }
  std::cout << "batch " << batch.batch_id << " \"" << plain_line(batch.name) << "\", rev " << plain_line(batch.hw_rev)
            << ": " << done << " of " << batch.devices.size() << " devices are done\n";
}

}  // namespace pitview::kit
