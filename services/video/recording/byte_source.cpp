#include "recording/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace pitview::video {
namespace {

Error refused_by_disk() {
  return {Errc::unavailable, "The recording cannot be read: " + std::system_category().message(errno), {}, 0};
}

}  // namespace

Result<std::unique_ptr<LocalFile>> LocalFile::open(const std::filesystem::path& file) {
  OwnedFile opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() < 0)
    return errno == ENOENT ? Error{Errc::not_found, "There is no such recording.", {}, 0} : refused_by_disk();
  struct stat about{};
  if (fstat(opened.get(), &about) != 0) return refused_by_disk();
  return std::unique_ptr<LocalFile>(new LocalFile(std::move(opened), static_cast<std::uint64_t>(about.st_size)));
}

Result<std::string> LocalFile::read(std::uint64_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = pread(file_.get(), bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refused_by_disk();
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace pitview::video
