#include "recording/workshop_keys.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "recording/sealed_file.h"

namespace pitview::video {
namespace {

namespace fs = std::filesystem;

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
  key = make(workshop, directory_ / workshop / "key");
  if (key) known_[workshop] = *key;
  return key;
}

Result<crypto::Key256> WorkshopKeys::find(const std::string& workshop) {
  if (const auto known = known_.find(workshop); known != known_.end()) return known->second;
  const fs::path file = directory_ / workshop / "key";
  std::ifstream in(file, std::ios::binary);
  // There, and not to be read, is not the same as not there.
  std::error_code failure;
  if (!in && (fs::exists(file, failure) || failure))
    return Error{Errc::unavailable, file.string() + " cannot be read.", {}, 0};
  if (!in) return Error{Errc::not_found, file.string() + " is not there.", {}, 0};
  const std::string sealed(std::istreambuf_iterator<char>(in), {});
  const auto opened = crypto::open(master_, sealed, purpose_of(workshop));
  if (!opened || opened->size() != sizeof(crypto::Key256))
    return Error{Errc::internal_error, file.string() + " is of another master key or another workshop.", {}, 0};
  return known_[workshop] = key_of(*opened);
}

Result<crypto::Key256> WorkshopKeys::make(const std::string& workshop, const fs::path& file) const {
  const Error refused{Errc::unavailable, file.string() + " cannot be written.", {}, 0};
  std::error_code failure;
  fs::create_directories(file.parent_path(), failure);
  if (failure) return refused;
  const std::string random = crypto::random_bytes(sizeof(crypto::Key256));
  if (!write_durably(file, crypto::seal(master_, random, purpose_of(workshop)))) return refused;
  return key_of(random);
}

}  // namespace pitview::video
