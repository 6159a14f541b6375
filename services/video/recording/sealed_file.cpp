#include "recording/sealed_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace pitview::video {
namespace {

constexpr std::string_view kMagic = "PVR1";
constexpr std::size_t kSealing = 12 + 16;  // nonce and tag
constexpr std::size_t kWrappedKey = sizeof(crypto::Key256) + kSealing;
constexpr std::size_t kPieceHead = 28;

Error refused_by_disk(const char* what) {
  return {Errc::unavailable, std::string(what) + ": " + std::system_category().message(errno), {}, 0};
}

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xff));
}

std::uint64_t get(std::string_view text, std::size_t at, int bytes) {
  std::uint64_t value = 0;
  for (const char c : text.substr(at, static_cast<std::size_t>(bytes)))
    value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

std::string head_of(const Piece& piece, std::size_t sealed_size) {
  std::string head;
  put(head, sealed_size, 4);
  put(head, static_cast<std::uint8_t>(piece.kind), 1);
  put(head, 0, 3);
  put(head, static_cast<std::uint64_t>(piece.began.time_since_epoch().count()), 8);
  put(head, static_cast<std::uint64_t>(piece.decode), 8);
  put(head, piece.duration, 4);
  return head;
}

// What a piece is sealed for.
std::string place_of(const std::string& head, std::uint64_t number) {
  std::string place = head;
  put(place, number, 8);
  return place;
}

std::string purpose_of(std::string_view name) { return "recording:" + std::string(name); }

// Fewer than `size`: the file ends there.
std::string read_at(int file, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = pread(file, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = write(file, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

Timestamp end_of(const Piece& piece) noexcept {
  constexpr std::int64_t kTicks = 90;  // a millisecond
  return piece.began + std::chrono::microseconds(piece.duration * 1'000LL / kTicks);
}

OwnedFile& OwnedFile::operator=(OwnedFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

OwnedFile::~OwnedFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<SealedFileWriter> SealedFileWriter::create(const std::filesystem::path& file, const crypto::Key256& workshop_key,
                                                  std::string_view name) {
  OwnedFile opened(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (opened.get() < 0) return refused_by_disk("The recording cannot be begun");
  const std::string random = crypto::random_bytes(sizeof(crypto::Key256));
  crypto::Key256 key{};
  std::copy(random.begin(), random.end(), key.begin());
  const std::string beginning = std::string(kMagic) + crypto::seal(workshop_key, random, purpose_of(name));
  if (!write_all(opened.get(), beginning)) {
    const Error error = refused_by_disk("The recording cannot be begun");
    unlink(file.c_str());
    return error;
  }
  return SealedFileWriter(std::move(opened), key, beginning.size());
}

Result<> SealedFileWriter::append(const Piece& piece, std::string_view bytes) {
  const std::size_t sealed_size = bytes.size() + kSealing;
  if (sealed_size > SealedFileReader::kMaxPiece)
    return Error{Errc::body_too_large, "A piece of a recording is larger than any can be.", {}, 0};
  std::string out = head_of(piece, sealed_size);
  out += crypto::seal(key_, bytes, place_of(out, pieces_));
  if (!write_all(file_.get(), out)) {
    const Error error = refused_by_disk("The recording cannot be written");
    // A half piece would hide all that come behind it.
    if (ftruncate(file_.get(), static_cast<off_t>(size_)) == 0) lseek(file_.get(), static_cast<off_t>(size_), SEEK_SET);
    return error;
  }
  size_ += out.size();
  ++pieces_;
  return Done{};
}

Result<> SealedFileWriter::flush() {
  if (fsync(file_.get()) != 0) return refused_by_disk("The recording cannot be written");
  return Done{};
}

Result<SealedFileReader> SealedFileReader::open(const std::filesystem::path& file, const crypto::Key256& workshop_key,
                                                std::string_view name) {
  OwnedFile opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() < 0)
    return errno == ENOENT ? Error{Errc::not_found, "There is no such recording.", {}, 0}
                           : refused_by_disk("The recording cannot be read");
  const std::string beginning = read_at(opened.get(), 0, kMagic.size() + kWrappedKey);
  const Error strange{Errc::internal_error, "The recording cannot be opened with this key and name.", {}, 0};
  if (!beginning.starts_with(kMagic)) return strange;
  const auto unwrapped =
      crypto::open(workshop_key, std::string_view(beginning).substr(kMagic.size()), purpose_of(name));
  crypto::Key256 key{};
  if (!unwrapped || unwrapped->size() != key.size()) return strange;
  std::copy(unwrapped->begin(), unwrapped->end(), key.begin());
  SealedFileReader reader(std::move(opened), key);
  reader.walk();
  return reader;
}

void SealedFileReader::walk() {
  struct stat about{};
  if (fstat(file_.get(), &about) != 0) return;
  const auto end = static_cast<std::uint64_t>(about.st_size);
  std::uint64_t at = kMagic.size() + kWrappedKey;
  while (at + kPieceHead <= end) {
    const std::string head = read_at(file_.get(), at, kPieceHead);
    if (head.size() < kPieceHead) return;
    const std::uint64_t sealed_size = get(head, 0, 4);
    const std::uint64_t kind = get(head, 4, 1);
    at += kPieceHead;
    if (sealed_size < kSealing || sealed_size > kMaxPiece || sealed_size > end - at) return;
    if (kind < static_cast<std::uint8_t>(PieceKind::head) || kind > static_cast<std::uint8_t>(PieceKind::fragment))
      return;
    entries_.push_back({.piece = {.kind = static_cast<PieceKind>(kind),
                                  .began = Timestamp(std::chrono::microseconds(get(head, 8, 8))),
                                  .decode = static_cast<std::int64_t>(get(head, 16, 8)),
                                  .duration = static_cast<std::uint32_t>(get(head, 24, 4))},
                        .offset = at,
                        .sealed_size = static_cast<std::uint32_t>(sealed_size)});
    at += sealed_size;
  }
}

Result<std::string> SealedFileReader::read(std::size_t index) const {
  const Entry& entry = entries_.at(index);
  const std::string sealed = read_at(file_.get(), entry.offset, entry.sealed_size);
  auto bytes = crypto::open(key_, sealed, place_of(head_of(entry.piece, entry.sealed_size), index));
  if (!bytes) return Error{Errc::internal_error, "A piece of the recording was altered.", {}, 0};
  return std::move(*bytes);
}

}  // namespace pitview::video
