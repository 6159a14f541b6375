#include "files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "error.h"

namespace pitview::kit {
namespace {

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Descriptor::close() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::string read_file(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw_errno("cannot open " + path.string());
  std::string bytes;
  char piece[65536];
  while (true) {
    const ssize_t count = ::read(file.get(), piece, sizeof piece);
    if (count == 0) return bytes;
    if (count > 0)
      bytes.append(piece, static_cast<std::size_t>(count));
    else if (errno != EINTR)
      throw_errno("cannot read " + path.string());
  }
}

void make_private_directory(const std::filesystem::path& path) {
  if (path.empty() || std::filesystem::is_directory(path)) return;
  make_private_directory(path.parent_path());
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) throw_errno("cannot create " + path.string());
}

void write_all(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      throw_errno("cannot write " + path.string());
  }
}

void sync_file(int fd, const std::filesystem::path& path) {
  if (::fsync(fd) != 0) throw_errno("cannot write " + path.string());
}

void sync_directory(const std::filesystem::path& path) {
  const std::filesystem::path directory = path.empty() ? "." : path;
  const Descriptor file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.get() < 0) throw_errno("cannot open " + directory.string());
  sync_file(file.get(), directory);
}

void write_private_file(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path beside = path;
  beside += ".new";
  ::unlink(beside.c_str());  // of a kit that was killed
  try {
    const Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly));
    if (file.get() < 0) throw_errno("cannot create " + beside.string());
    write_all(file.get(), bytes, path);
    sync_file(file.get(), path);
    if (::rename(beside.c_str(), path.c_str()) != 0) throw_errno("cannot write " + path.string());
  } catch (const KitError&) {
    ::unlink(beside.c_str());
    throw;
  }
  sync_directory(path.parent_path());
}

BatchLock::BatchLock(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "kit.lock";
  // Inherited by children on purpose: no O_CLOEXEC.
  file_ = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT, kOwnerOnly));
  if (file_.get() < 0) throw_errno("cannot create " + path.string());
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno != EWOULDBLOCK) throw_errno("cannot lock " + path.string());
  throw KitError("another pitview-kit, or the esptool of one that was ended, works on " +
                 std::filesystem::absolute(directory).lexically_normal().string());
}

}  // namespace pitview::kit
