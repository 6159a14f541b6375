// Any bytes as a recording on a disk, and as the end of one in a bucket. What must hold: pieces lie behind each other
// inside the bytes; a table says what a walk finds; and a table that is believed is the only one that says so.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "recording/sealed_index.h"

namespace {

using namespace pitview::video;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

class Bytes final : public ByteSource {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t size() const noexcept override { return bytes_.size(); }
  pitview::Result<std::string> read(std::uint64_t offset, std::size_t size) const override {
    return std::string(bytes_.substr(static_cast<std::size_t>(offset), size));
  }

 private:
  std::string_view bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto read = read_sealed_table(bytes, size)) {
    const std::string table = write_sealed_table(*read);
    require(bytes.ends_with(table), "a table is written as it was read");
    require(read->end() + table.size() == size, "and lies behind the last piece");
  }
  const auto index = read_sealed_index(Bytes(bytes));
  if (!index) return 0;
  std::uint64_t at = kSealedBeginning;
  for (const PieceEntry& entry : index->entries) {
    require(entry.offset == at + kPieceHead, "pieces lie behind each other");
    at = entry.offset + entry.sealed_size;
  }
  require(at == index->end() && at <= size, "and inside the bytes");
  const std::string copy = std::string(bytes.substr(0, static_cast<std::size_t>(at))) + write_sealed_table(*index);
  const auto again = read_sealed_table(copy, copy.size());
  require(again && again->end() == at && again->entries.size() == index->entries.size(), "a table says what is there");
  const auto walked = read_sealed_index(Bytes(copy));
  require(walked && walked->entries.size() == index->entries.size(), "a walk stops before the table");
  return 0;
}
