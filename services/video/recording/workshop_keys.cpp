#include "recording/workshop_keys.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "recording/owned_file.h"

namespace pitview::video {
namespace {

namespace fs = std::filesystem;

fs::path file_of(const fs::path& directory, const std::string& workshop) { return directory / workshop / "key"; }

std::string purpose_of(const std::string& workshop) { return "recordings:" + workshop; }

crypto::Key256 key_of(const std::string& bytes) {
  crypto::Key256 key{};
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

// On the disk before its name is: a key that is lost in a power cut takes the recordings with it.
bool write_durably(const fs::path& file, const std::string& bytes) {
  const fs::path draft = file.string() + ".new";
  {
    const OwnedFile out(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (out.get() < 0 || write(out.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        fsync(out.get()) != 0)
      return false;
  }
  std::error_code failure;
  fs::rename(draft, file, failure);
  if (failure) return false;
  const OwnedFile directory(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory.get() >= 0 && fsync(directory.get()) == 0;
}

}  // namespace

Result<crypto::Key256> WorkshopKeys::of(const std::string& workshop) {
  auto key = find(workshop);
  if (key || key.error().code != Errc::not_found) return key;
  const std::string random = crypto::random_bytes(sizeof(crypto::Key256));
  const auto written = write_sealed_key(directory_, workshop, crypto::seal(master_, random, purpose_of(workshop)));
  if (!written) return written.error();
  return known_[workshop] = key_of(random);
}

Result<crypto::Key256> WorkshopKeys::find(const std::string& workshop) {
  if (const auto known = known_.find(workshop); known != known_.end()) return known->second;
  const auto sealed = read_sealed_key(directory_, workshop);
  if (!sealed) return sealed.error();
  const auto opened = crypto::open(master_, *sealed, purpose_of(workshop));
  if (!opened || opened->size() != sizeof(crypto::Key256))
    return Error{
        Errc::internal_error, file_of(directory_, workshop).string() + " is of another master key or workshop.", {}, 0};
  return known_[workshop] = key_of(*opened);
}

Result<std::string> read_sealed_key(const fs::path& directory, const std::string& workshop) {
  const fs::path file = file_of(directory, workshop);
  std::ifstream in(file, std::ios::binary);
  // There, and not to be read, is not the same as not there.
  std::error_code failure;
  if (!in && (fs::exists(file, failure) || failure))
    return Error{Errc::unavailable, file.string() + " cannot be read.", {}, 0};
  if (!in) return Error{Errc::not_found, file.string() + " is not there.", {}, 0};
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<> write_sealed_key(const fs::path& directory, const std::string& workshop, const std::string& sealed) {
  const fs::path file = file_of(directory, workshop);
  std::error_code failure;
  fs::create_directories(file.parent_path(), failure);
  if (failure || !write_durably(file, sealed))
    return Error{Errc::unavailable, file.string() + " cannot be written.", {}, 0};
  return Done{};
}

}  // namespace pitview::video
