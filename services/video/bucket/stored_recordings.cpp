#include "bucket/stored_recordings.h"

#include <algorithm>

namespace pitview::video {
namespace {

constexpr std::size_t kLook = std::size_t{64} << 10;  // the table of more than ten minutes
constexpr std::size_t kRemembered = 64;
constexpr std::size_t kMostAhead = std::size_t{4} << 20;

// What is read one after the other is asked for in ever larger parts; what is read here and there, as it is needed.
class StoredObject final : public ByteSource {
 public:
  StoredObject(s3::Client& bucket, std::string key, std::uint64_t size)
      : bucket_(bucket), key_(std::move(key)), size_(size) {}

  std::uint64_t size() const noexcept override { return size_; }

  Result<std::string> read(std::uint64_t offset, std::size_t size) const override {
    if (offset < begin_ || offset + size > begin_ + bytes_.size()) {
      const bool continues = !bytes_.empty() && offset >= begin_ && offset <= begin_ + bytes_.size() + kPieceHead;
      ahead_ = continues ? std::min(std::max(ahead_ * 2, size), kMostAhead) : size;
      auto got = bucket_.get(key_, offset, std::max(size, ahead_));
      if (!got) return got.error();
      begin_ = offset;
      bytes_ = std::move(got->bytes);
    }
    return bytes_.substr(static_cast<std::size_t>(offset - begin_), size);
  }

 private:
  s3::Client& bucket_;
  const std::string key_;
  const std::uint64_t size_;
  mutable std::uint64_t begin_ = 0;
  mutable std::string bytes_;  // from there on
  mutable std::size_t ahead_ = 0;
};

}  // namespace

Result<SealedFileReader> StoredRecordings::open(const Recording& recording, const crypto::Key256& workshop_key) {
  const std::string object = names_.of(recording);
  auto index = index_of(object, recording.bytes);
  if (!index) return index.error();
  auto source = std::make_unique<StoredObject>(bucket_, object, index->end());
  return SealedFileReader::open(std::move(source), std::move(*index), workshop_key, recording.name.text());
}

Result<SealedIndex> StoredRecordings::index_of(const std::string& object, std::uint64_t size) {
  {
    const std::lock_guard lock(mutex_);
    const auto known =
        std::find_if(opened_.begin(), opened_.end(), [&](const auto& opened) { return opened.first == object; });
    if (known != opened_.end()) {
      opened_.splice(opened_.begin(), opened_, known);
      return known->second;
    }
  }
  const auto last = [&](std::size_t bytes) {
    const std::uint64_t all = std::max<std::uint64_t>(1, std::min<std::uint64_t>(bytes, size));
    return bucket_.get(object, size < all ? 0 : size - all, static_cast<std::size_t>(all));
  };
  auto end = last(kLook);
  if (!end) return end.error();
  const auto pieces = pieces_of_sealed_table(end->bytes);
  if (pieces && size_of_sealed_table(*pieces) > kLook) end = last(size_of_sealed_table(*pieces));
  if (!end) return end.error();
  auto index = read_sealed_table(end->bytes, end->object_size);
  if (!index) return Error{Errc::internal_error, object + " in the bucket is no recording.", {}, 0};
  const std::lock_guard lock(mutex_);
  opened_.emplace_front(object, *index);
  if (opened_.size() > kRemembered) opened_.pop_back();
  return std::move(*index);
}

}  // namespace pitview::video
