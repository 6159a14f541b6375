// batch.json in the making. The server says the secrets of a batch once, so the
// room on the disk is taken before it is asked, and its answer is on disk, byte
// for byte, before anybody looks at it.
#pragma once

#include <filesystem>
#include <string_view>

#include "files.h"

namespace pitview::kit {

class IssuedBatch {
 public:
  // Makes batch.json of what an earlier kit had received when it was killed before
  // it could give the file its name. False when there is no complete answer.
  static bool recover(const std::filesystem::path& batch_json);

  // Takes the room for `devices` identities. Throws KitError: disk full, no right.
  IssuedBatch(std::filesystem::path batch_json, std::size_t devices);
  // Without keep(): the room is given back.
  ~IssuedBatch();
  IssuedBatch(const IssuedBatch&) = delete;
  IssuedBatch& operator=(const IssuedBatch&) = delete;

  void keep(std::string_view answer);

 private:
  std::filesystem::path path_;
  std::filesystem::path beside_;
  Descriptor file_;
  bool holds_secrets_ = false;
};

}  // namespace pitview::kit
