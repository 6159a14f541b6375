#include "issued_batch.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "error.h"
#include "pitview/json/document.h"

namespace pitview::kit {
namespace {

// A device of the batch takes about 450 bytes as JSON; long addresses more.
constexpr std::size_t kBytesPerDevice = 1024;

std::filesystem::path beside(std::filesystem::path path) { return path += ".received"; }

}  // namespace

bool IssuedBatch::recover(const std::filesystem::path& batch_json) {
  const auto path = beside(batch_json);
  if (!std::filesystem::exists(path)) return false;
  std::string text = read_file(path);
  text.resize(text.find_last_not_of('\0') + 1);  // room that was taken and not used
  if (!json::Document::parse(text)) return false;
  write_private_file(batch_json, text);
  ::unlink(path.c_str());
  return true;
}

IssuedBatch::IssuedBatch(std::filesystem::path batch_json, std::size_t devices)
    : path_(std::move(batch_json)), beside_(beside(path_)) {
  file_ = Descriptor(::open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file_.get() < 0) throw_errno("cannot create " + beside_.string());
  errno = ::posix_fallocate(file_.get(), 0, static_cast<off_t>((devices + 4) * kBytesPerDevice));
  if (errno == 0) return;
  const int why = errno;
  ::unlink(beside_.c_str());
  errno = why;
  throw_errno("no room for the batch at " + path_.string());
}

IssuedBatch::~IssuedBatch() {
  if (!holds_secrets_) ::unlink(beside_.c_str());
}

void IssuedBatch::keep(std::string_view answer) {
  holds_secrets_ = true;
  write_all(file_.get(), answer, beside_);
  if (::ftruncate(file_.get(), static_cast<off_t>(answer.size())) != 0) throw_errno("cannot write " + beside_.string());
  sync_file(file_.get(), beside_);
  if (::rename(beside_.c_str(), path_.c_str()) != 0) throw_errno("cannot write " + path_.string());
  sync_directory(path_.parent_path());
}

}  // namespace pitview::kit
