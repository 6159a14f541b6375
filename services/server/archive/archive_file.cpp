#include "archive/archive_file.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace pitview::archive {
namespace {

constexpr int kLevel = 6;
constexpr int kGzip = 15 + 16;  // zlib.h: the largest window, with gzip's header and CRC
constexpr std::size_t kChunk = 64 * 1024;

[[noreturn]] void fail(const char* what, const std::filesystem::path& file) {
  throw std::system_error(errno, std::generic_category(), std::string(what) + " " + file.string());
}

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& file, int flags) : fd_(::open(file.c_str(), flags | O_CLOEXEC, 0640)) {
    if (fd_ < 0) fail("open", file);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(fd_); }
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

void sync(const Descriptor& descriptor, const std::filesystem::path& file) {
  if (::fsync(descriptor.get()) != 0) fail("fsync", file);
}

// Counts lines and hashes text.
class Tally {
 public:
  Tally() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
      throw std::runtime_error("EVP_DigestInit");
  }
  void add(std::string_view text) {
    lines_ += std::count(text.begin(), text.end(), '\n');
    if (EVP_DigestUpdate(context_.get(), text.data(), text.size()) != 1) throw std::runtime_error("EVP_DigestUpdate");
  }
  Written total(std::int64_t bytes) {
    Written all{.lines = std::max<std::int64_t>(lines_ - 1, 0), .bytes = bytes};
    if (EVP_DigestFinal_ex(context_.get(), all.sha256.data(), nullptr) != 1)
      throw std::runtime_error("EVP_DigestFinal");
    return all;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
  std::int64_t lines_ = 0;
};

Bytef* bytes_of(const char* data) { return reinterpret_cast<Bytef*>(const_cast<char*>(data)); }

}  // namespace

struct ArchiveFile::Handle {
  explicit Handle(const std::filesystem::path& file) : descriptor(file, O_WRONLY | O_CREAT | O_TRUNC), name(file) {
    if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::runtime_error("deflateInit");
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { deflateEnd(&stream); }

  void deflate_all(std::string_view text, int flush) {
    stream.next_in = bytes_of(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    int state = Z_OK;
    do {
      stream.next_out = buffer.data();
      stream.avail_out = static_cast<uInt>(buffer.size());
      state = deflate(&stream, flush);
      put(buffer.size() - stream.avail_out);
    } while (stream.avail_out == 0 || (flush == Z_FINISH && state != Z_STREAM_END));
  }

  void put(std::size_t size) {
    for (std::size_t done = 0; done < size;) {
      const ssize_t written = ::write(descriptor.get(), buffer.data() + done, size - done);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("write", name);
      done += static_cast<std::size_t>(written);
    }
    bytes += static_cast<std::int64_t>(size);
  }

  Descriptor descriptor;
  std::filesystem::path name;
  z_stream stream{};
  std::array<Bytef, kChunk> buffer{};
  std::int64_t bytes = 0;
  Tally tally;
};

ArchiveFile::ArchiveFile(std::filesystem::path file, std::string_view heading)
    : file_(std::move(file)), unfinished_(file_.string() + ".unfinished") {
  std::filesystem::create_directories(file_.parent_path());
  handle_ = std::make_unique<Handle>(unfinished_);
  write(heading);
}

ArchiveFile::~ArchiveFile() {
  if (!handle_) return;
  handle_.reset();
  std::error_code ignored;
  std::filesystem::remove(unfinished_, ignored);
}

void ArchiveFile::write(std::string_view lines) {
  constexpr std::size_t kMost = std::size_t{1} << 30;  // zlib counts in 32 bits
  for (; !lines.empty(); lines.remove_prefix(std::min(lines.size(), kMost))) {
    const std::string_view part = lines.substr(0, kMost);
    handle_->tally.add(part);
    handle_->deflate_all(part, Z_NO_FLUSH);
  }
}

Written ArchiveFile::finish() {
  handle_->deflate_all({}, Z_FINISH);
  sync(handle_->descriptor, unfinished_);
  // So that what is read back comes from the disk and not from memory.
  ::posix_fadvise(handle_->descriptor.get(), 0, 0, POSIX_FADV_DONTNEED);
  const Written written = handle_->tally.total(handle_->bytes);
  if (read_back(unfinished_) != written) throw std::runtime_error(file_.string() + ": does not read back as written");
  std::filesystem::rename(unfinished_, file_);
  handle_.reset();
  // The name, and that of the folder, which may be new.
  const std::filesystem::path folder = file_.parent_path();
  for (const auto& part : {folder, folder.parent_path()}) sync(Descriptor(part, O_RDONLY | O_DIRECTORY), part);
  return written;
}

Written read_back(const std::filesystem::path& file) {
  const Descriptor descriptor(file, O_RDONLY);
  z_stream stream{};
  if (inflateInit2(&stream, kGzip) != Z_OK) throw std::runtime_error("inflateInit");
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> end(&stream, &inflateEnd);
  std::array<char, kChunk> in{};
  std::array<char, kChunk> out{};
  Tally tally;
  std::int64_t bytes = 0;
  int state = Z_OK;
  while (state != Z_STREAM_END) {
    const ssize_t got = ::read(descriptor.get(), in.data(), in.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", file);
    if (got == 0) throw std::runtime_error(file.string() + ": ends in the middle");
    bytes += got;
    stream.next_in = bytes_of(in.data());
    stream.avail_in = static_cast<uInt>(got);
    do {
      stream.next_out = bytes_of(out.data());
      stream.avail_out = static_cast<uInt>(out.size());
      state = inflate(&stream, Z_NO_FLUSH);
      if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
        throw std::runtime_error(file.string() + ": is damaged");
      tally.add({out.data(), out.size() - stream.avail_out});
    } while (stream.avail_out == 0 && state != Z_STREAM_END);
  }
  if (stream.avail_in > 0) throw std::runtime_error(file.string() + ": goes on behind its end");
  return tally.total(bytes);
}

}  // namespace pitview::archive
