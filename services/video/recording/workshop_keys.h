// The key that seals a workshop's recordings: made at the first one, kept beside them, sealed by
// the master key. Whoever takes the disk has nothing; deleting one small file deletes a
// workshop's recordings wherever there are copies of them. One thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "pitview/base/crypto.h"
#include "pitview/base/result.h"

namespace pitview::video {

class WorkshopKeys {
 public:
  WorkshopKeys(std::filesystem::path directory, const crypto::Key256& master)
      : directory_(std::move(directory)), master_(master) {}

  // `workshop`: its name here, of a-z, 0-9 and -. Makes the key if there is none.
  // unavailable: the disk refuses. internal_error: the key is of another master key or workshop;
  // no other is made then, the recordings it has sealed would be lost.
  Result<crypto::Key256> of(const std::string& workshop);
  // The same, but makes none. not_found: there is none, and so nothing that it could open.
  Result<crypto::Key256> find(const std::string& workshop);

 private:
  std::filesystem::path directory_;
  crypto::Key256 master_;
  std::map<std::string, crypto::Key256> known_;
};

// A workshop's key as it lies on the disk, sealed. not_found: there is none. unavailable: the disk refuses.
Result<std::string> read_sealed_key(const std::filesystem::path& directory, const std::string& workshop);
// It survives a power cut. unavailable: the disk refuses.
Result<> write_sealed_key(const std::filesystem::path& directory, const std::string& workshop,
                          const std::string& sealed);

}  // namespace pitview::video
