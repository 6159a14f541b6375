#include "recording/recording_writer.h"

#include <algorithm>

#include "pitview/base/log.h"
#include "recording/recording_file.h"

namespace pitview::video {
namespace {

constexpr std::chrono::minutes kUpkeepEvery{1};

}  // namespace

RecordingWriter::RecordingWriter(Catalogue& catalogue, const crypto::Key256& master, std::function<void()> upkeep)
    : catalogue_(catalogue),
      upkeep_(std::move(upkeep)),
      keys_(catalogue.directory(), master),
      thread_([this] { work(); }) {}

RecordingWriter::~RecordingWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  given_.notify_one();
  thread_.join();
}

std::uint64_t RecordingWriter::begin(RecordingName name, SharedBytes head) {
  const std::uint64_t file = next_file_++;
  give({.kind = Kind::begin, .file = file, .name = std::move(name), .piece = {}, .bytes = std::move(head)});
  return file;
}

void RecordingWriter::append(std::uint64_t file, const Piece& piece, SharedBytes bytes) {
  give({.kind = Kind::append, .file = file, .name = {}, .piece = piece, .bytes = std::move(bytes)});
}

void RecordingWriter::end(std::uint64_t file) {
  give({.kind = Kind::end, .file = file, .name = {}, .piece = {}, .bytes = {}});
}

void RecordingWriter::give(Order order) {
  {
    const std::lock_guard lock(mutex_);
    const std::size_t size = order.bytes ? order.bytes->size() : 0;
    if (order.kind == Kind::append && waiting_bytes_ + size > kMaxWaiting)
      order.bytes.reset();
    else
      waiting_bytes_ += size;
    waiting_.push_back(std::move(order));
  }
  given_.notify_one();
}

void RecordingWriter::work() {
  auto upkeep_due = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (true) {
    if (std::chrono::steady_clock::now() >= upkeep_due) {
      lock.unlock();
      upkeep_();
      upkeep_due = std::chrono::steady_clock::now() + kUpkeepEvery;
      lock.lock();
    }
    const bool has_news = given_.wait_until(lock, upkeep_due, [this] { return stopping_ || !waiting_.empty(); });
    if (!has_news) continue;
    if (waiting_.empty()) break;
    Order order = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    carry_out(order);
    lock.lock();
    if (order.bytes) waiting_bytes_ -= order.bytes->size();
  }
}

void RecordingWriter::carry_out(Order& order) {
  if (order.kind == Kind::end) {
    close(open_.at(order.file));
    open_.erase(order.file);
    return;
  }
  if (order.kind == Kind::begin) {
    open_.emplace(order.file, File{.name = std::move(order.name), .head = order.bytes, .writer = {}});
    return;
  }
  File& file = open_.at(order.file);
  if (order.bytes && (order.piece.kind == PieceKind::key_fragment || (file.writer && !file.has_hole))) {
    const auto written = write(file, order);
    if (written) {
      file.has_hole = false;
      return;
    }
    // Once for a row of them: a full disk stays full for a while.
    if (dropped_ % 100 == 0)
      log::error("recording_is_not_written", {{"path", file.name.path}, {"reason", written.error().detail}});
  }
  file.has_hole = true;
  ++dropped_;
}

Result<> RecordingWriter::write(File& file, const Order& order) {
  if (file.has_hole) {
    close(file);
    // A name is given once.
    file.name.began =
        from_milliseconds(std::max(to_milliseconds(order.piece.began), to_milliseconds(file.name.began) + 1));
  }
  if (!file.writer) {
    auto created = create(file, order.piece);
    if (!created) return created.error();
    file.writer = std::move(*created);
    bytes_ += file.writer->size();
    ++files_;
  }
  const std::uint64_t before = file.writer->size();
  const auto written = file.writer->append(order.piece, *order.bytes);
  bytes_ += file.writer->size() - before;
  if (written) catalogue_.wrote(file.name, end_of(order.piece), file.writer->size());
  return written;
}

void RecordingWriter::close(File& file) {
  if (!file.writer) return;
  file.writer.reset();
  catalogue_.closed(file.name);
}

Result<SealedFileWriter> RecordingWriter::create(const File& file, const Piece& first) {
  // Until it is known which keys there are, none is made: another one would take the place of the bucket's.
  const auto key = catalogue_.is_learnt() ? keys_.of(file.name.workshop) : keys_.find(file.name.workshop);
  if (!key) return key.error();
  auto writer = create_recording(catalogue_.directory(), file.name, *key);
  if (!writer) return writer;
  const Piece head{.kind = PieceKind::head, .began = first.began, .decode = first.decode, .duration = 0};
  if (const auto written = writer->append(head, *file.head); !written) {
    std::error_code ignored;
    std::filesystem::remove(file.name.file(catalogue_.directory()), ignored);
    return written.error();
  }
  return writer;
}

}  // namespace pitview::video
