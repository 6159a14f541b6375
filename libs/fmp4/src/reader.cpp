#include "pitview/fmp4/reader.h"

#include "box_reader.h"

namespace pitview::fmp4 {
namespace {

constexpr std::uint32_t kKeyframeMask = 0x00010000;  // sample_is_non_sync_sample

// What is in our trun: version 1, with offset, duration, size, flags and composition offset.
bool read_run(Bytes run, FragmentInfo& info, std::vector<SampleInfo>* samples) {
  constexpr std::size_t kSamples = 12;  // behind version, count and data offset
  constexpr std::size_t kSampleBytes = 16;
  constexpr std::uint32_t kOurs = 0x01000f01;
  if (run.size() < kSamples || u32(run, 0) != kOurs) return false;
  info.samples = u32(run, 4);
  if (info.samples == 0 || info.samples > (run.size() - kSamples) / kSampleBytes) return false;
  for (std::uint32_t i = 0; i < info.samples; ++i) {
    const std::size_t at = kSamples + i * kSampleBytes;
    info.duration += u32(run, at);
    const bool is_key = (u32(run, at + 8) & kKeyframeMask) == 0;
    if (i == 0) info.starts_with_keyframe = is_key;
    if (samples != nullptr)
      samples->push_back({.duration = u32(run, at),
                          .size = u32(run, at + 4),
                          .composition_offset = static_cast<std::int32_t>(u32(run, at + 12)),
                          .keyframe = is_key});
  }
  return true;
}

struct Found {
  FragmentInfo info;
  Bytes media;
};

std::optional<Found> find_fragment(Bytes bytes, std::vector<SampleInfo>* samples) {
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
  Found found{{.size = moof->size + mdat->size, .sequence = u32(*header, 4), .decode_time = u64(*time, 4)}, mdat->body};
  if (!read_run(*run, found.info, samples)) return std::nullopt;
  return found;
}

}  // namespace

std::optional<FragmentInfo> read_fragment(Bytes bytes) {
  const auto found = find_fragment(bytes, nullptr);
  if (!found) return std::nullopt;
  return found->info;
}

std::optional<FragmentSamples> read_samples(Bytes bytes) {
  FragmentSamples read;
  const auto found = find_fragment(bytes, &read.samples);
  if (!found) return std::nullopt;
  std::uint64_t size = 0;
  for (const SampleInfo& sample : read.samples) size += sample.size;
  if (size != found->media.size()) return std::nullopt;
  read.media = found->media;
  return read;
}

std::optional<ParameterSets> read_parameter_sets(Bytes head) {
  constexpr std::size_t kEntries = 8;       // of stsd: version, flags and count
  constexpr std::size_t kSampleEntry = 78;  // of avc1, before the boxes in it
  std::optional<Bytes> at = head;
  for (const char* type : {"moov", "trak", "mdia", "minf", "stbl", "stsd"})
    if (at) at = find(*at, type);
  if (!at || at->size() < kEntries) return std::nullopt;
  at = find(at->subspan(kEntries), "avc1");
  if (!at || at->size() < kSampleEntry) return std::nullopt;
  at = find(at->subspan(kSampleEntry), "avcC");
  // Version, profile and levels, one SPS with its length, one PPS with its (writer.cpp).
  constexpr std::size_t kSps = 6;
  if (!at || at->size() < kSps + 2) return std::nullopt;
  const auto u16 = [&](std::size_t offset) { return static_cast<std::size_t>((*at)[offset] << 8 | (*at)[offset + 1]); };
  const std::size_t sps = u16(kSps);
  const std::size_t pps_at = kSps + 2 + sps + 1;
  if (at->size() < pps_at + 2) return std::nullopt;
  const std::size_t pps = u16(pps_at);
  if (at->size() < pps_at + 2 + pps || sps == 0 || pps == 0) return std::nullopt;
  return ParameterSets{at->subspan(kSps + 2, sps), at->subspan(pps_at + 2, pps)};
}

std::vector<Bytes> units_of_sample(Bytes sample) {
  constexpr std::size_t kLength = 4;
  std::vector<Bytes> units;
  while (sample.size() >= kLength) {
    const std::size_t size = u32(sample, 0);
    if (size == 0 || size > sample.size() - kLength) break;
    units.push_back(sample.subspan(kLength, size));
    sample = sample.subspan(kLength + size);
  }
  return units;
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
