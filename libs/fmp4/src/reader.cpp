#include "pitview/fmp4/reader.h"

#include <string_view>

namespace pitview::fmp4 {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kBoxHead = 8;
constexpr std::uint32_t kKeyframeMask = 0x00010000;  // sample_is_non_sync_sample

std::uint32_t u32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}
std::uint64_t u64(Bytes bytes, std::size_t at) {
  return static_cast<std::uint64_t>(u32(bytes, at)) << 32 | u32(bytes, at + 4);
}

struct Box {
  std::string_view type;
  Bytes body;
  std::size_t size = 0;  // with its head
};

// The box at the beginning of `bytes`, if all of it is there. Sizes of 64 bits and "up to the end" are none of ours.
std::optional<Box> first_box(Bytes bytes) {
  if (bytes.size() < kBoxHead) return std::nullopt;
  const std::size_t size = u32(bytes, 0);
  if (size < kBoxHead || size > bytes.size()) return std::nullopt;
  return Box{{reinterpret_cast<const char*>(bytes.data()) + 4, 4}, bytes.subspan(kBoxHead, size - kBoxHead), size};
}

std::optional<Bytes> find(Bytes bytes, std::string_view type) {
  while (const auto box = first_box(bytes)) {
    if (box->type == type) return box->body;
    bytes = bytes.subspan(box->size);
  }
  return std::nullopt;
}

bool read_run(Bytes run, FragmentInfo& info) {
  constexpr std::size_t kSamples = 12;  // behind version, count and data offset
  constexpr std::size_t kSampleBytes = 16;
  constexpr std::uint32_t kOurs = 0x01000f01;
  if (run.size() < kSamples || u32(run, 0) != kOurs) return false;
  info.samples = u32(run, 4);
  if (info.samples == 0 || info.samples > (run.size() - kSamples) / kSampleBytes) return false;
  for (std::uint32_t i = 0; i < info.samples; ++i) info.duration += u32(run, kSamples + i * kSampleBytes);
  info.starts_with_keyframe = (u32(run, kSamples + 8) & kKeyframeMask) == 0;
  return true;
}

}  // namespace

std::optional<FragmentInfo> read_fragment(Bytes bytes) {
  const auto moof = first_box(bytes);
  if (!moof || moof->type != "moof") return std::nullopt;
  const auto mdat = first_box(bytes.subspan(moof->size));
  if (!mdat || mdat->type != "mdat") return std::nullopt;
  const auto header = find(moof->body, "mfhd");
  const auto track = find(moof->body, "traf");
  if (!header || header->size() < 8 || !track) return std::nullopt;
  const auto time = find(*track, "tfdt");
  const auto run = find(*track, "trun");
  if (!time || time->size() < 12 || (*time)[0] != 1 || !run) return std::nullopt;
  FragmentInfo info{.size = moof->size + mdat->size, .sequence = u32(*header, 4), .decode_time = u64(*time, 4)};
  if (!read_run(*run, info)) return std::nullopt;
  return info;
}

std::optional<FileInfo> read_file(Bytes bytes) {
  const auto type = first_box(bytes);
  if (!type || type->type != "ftyp") return std::nullopt;
  const auto movie = first_box(bytes.subspan(type->size));
  if (!movie || movie->type != "moov") return std::nullopt;
  FileInfo file{.head = type->size + movie->size, .fragments = {}, .whole = type->size + movie->size};
  while (auto fragment = read_fragment(bytes.subspan(file.whole))) {
    fragment->begin = file.whole;
    file.whole += fragment->size;
    file.fragments.push_back(*fragment);
  }
  return file;
}

}  // namespace pitview::fmp4
