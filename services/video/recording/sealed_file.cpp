#include "recording/sealed_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace pitview::video {
namespace {

Error refused_by_disk(const char* what) {
  return {Errc::unavailable, std::string(what) + ": " + std::system_category().message(errno), {}, 0};
}

// What a piece is sealed for.
std::string place_of(const std::string& head, std::uint64_t number) {
  std::string place = head;
  put_number(place, number, 8);
  return place;
}

std::string purpose_of(std::string_view name) { return "recording:" + std::string(name); }

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

Result<SealedFileWriter> SealedFileWriter::create(const std::filesystem::path& file, const crypto::Key256& workshop_key,
                                                  std::string_view name) {
  OwnedFile opened(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (opened.get() < 0) return refused_by_disk("The recording cannot be begun");
  const std::string random = crypto::random_bytes(sizeof(crypto::Key256));
  crypto::Key256 key{};
  std::copy(random.begin(), random.end(), key.begin());
  const std::string beginning = std::string(kSealedMagic) + crypto::seal(workshop_key, random, purpose_of(name));
  if (!write_all(opened.get(), beginning)) {
    const Error error = refused_by_disk("The recording cannot be begun");
    unlink(file.c_str());
    return error;
  }
  return SealedFileWriter(std::move(opened), key, beginning.size());
}

Result<> SealedFileWriter::append(const Piece& piece, std::string_view bytes) {
  const std::size_t sealed_size = bytes.size() + kSealing;
  if (sealed_size > kMaxPiece)
    return Error{Errc::body_too_large, "A piece of a recording is larger than any can be.", {}, 0};
  std::string out = write_piece_head(piece, sealed_size);
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
  auto source = LocalFile::open(file);
  if (!source) return source.error();
  auto index = read_sealed_index(**source);
  if (!index) return index.error();
  return open(std::move(*source), std::move(*index), workshop_key, name);
}

Result<SealedFileReader> SealedFileReader::open(std::unique_ptr<const ByteSource> source, SealedIndex index,
                                                const crypto::Key256& workshop_key, std::string_view name) {
  const auto unwrapped =
      crypto::open(workshop_key, std::string_view(index.beginning).substr(kSealedMagic.size()), purpose_of(name));
  crypto::Key256 key{};
  if (!unwrapped || unwrapped->size() != key.size())
    return Error{Errc::internal_error, "The recording cannot be opened with this key and name.", {}, 0};
  std::copy(unwrapped->begin(), unwrapped->end(), key.begin());
  return SealedFileReader(std::move(source), std::move(index.entries), key);
}

Result<std::string> SealedFileReader::read(std::size_t index) const {
  const Entry& entry = entries_.at(index);
  const auto sealed = source_->read(entry.offset, entry.sealed_size);
  if (!sealed) return sealed.error();
  auto bytes = crypto::open(key_, *sealed, place_of(write_piece_head(entry.piece, entry.sealed_size), index));
  if (!bytes) return Error{Errc::internal_error, "A piece of the recording was altered.", {}, 0};
  return std::move(*bytes);
}

}  // namespace pitview::video
