// Seals and writes recordings on a thread of its own: a disk that hangs never holds up live video.
// What cannot be written in time is left out and counted; live pictures are never the price.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "recording/catalogue.h"
#include "recording/sealed_file.h"
#include "recording/workshop_keys.h"
#include "stream/fragmenter.h"

namespace pitview::video {

class RecordingWriter {
 public:
  static constexpr std::size_t kMaxWaiting = std::size_t{64} << 20;  // bytes; some 30 s of a hundred cameras

  struct Counters {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;    // as they lie on the disk
    std::uint64_t dropped = 0;  // pieces that were not written
  };

  // `catalogue` is told what is written, and outlives it. `upkeep`: called on the writer's thread at the start and
  // every minute.
  RecordingWriter(Catalogue& catalogue, const crypto::Key256& master, std::function<void()> upkeep = [] {});
  // Writes what waits.
  ~RecordingWriter();
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;

  // A new file, whose pieces need `head` (ftyp and moov); its number for what comes. It is made when
  // its first key frame is there. Of any thread, as the two below; none waits for the disk.
  std::uint64_t begin(RecordingName name, SharedBytes head);
  // Kinds: key_fragment and fragment. What follows a piece that was left out is left out too, up to
  // the next key frame: nobody could see it. From there on it is another file: one has no gaps.
  void append(std::uint64_t file, const Piece& piece, SharedBytes bytes);
  void end(std::uint64_t file);

  Counters counters() const noexcept { return {files_.load(), bytes_.load(), dropped_.load()}; }

 private:
  enum class Kind { begin, append, end };
  struct Order {
    Kind kind = Kind::end;
    std::uint64_t file = 0;
    RecordingName name;
    Piece piece;
    SharedBytes bytes;  // of a beginning: the head; of a piece: null when there was no room for it
  };
  struct File {
    RecordingName name;
    SharedBytes head;
    std::optional<SealedFileWriter> writer;  // empty: not made yet, or the disk has refused so far
    bool has_hole = false;
  };

  void give(Order order);
  void work();
  void carry_out(Order& order);
  Result<> write(File& file, const Order& order);
  Result<SealedFileWriter> create(const File& file, const Piece& first);
  void close(File& file);

  Catalogue& catalogue_;
  const std::function<void()> upkeep_;
  WorkshopKeys keys_;
  std::map<std::uint64_t, File> open_;

  std::mutex mutex_;
  std::condition_variable given_;
  std::deque<Order> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool stopping_ = false;

  std::atomic<std::uint64_t> next_file_ = 1;
  std::atomic<std::uint64_t> files_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<std::uint64_t> dropped_ = 0;
  std::thread thread_;  // the last: it uses all of the above
};

}  // namespace pitview::video
