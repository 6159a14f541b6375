#include "pitview/fmp4/movie.h"

#include <algorithm>

#include "box_reader.h"
#include "pitview/fmp4/writer.h"
#include "track_boxes.h"

namespace pitview::fmp4 {
namespace {

// Pairs of a count and a value: so many samples in a row have it.
template <class Value>
std::vector<std::pair<std::uint32_t, std::uint32_t>> runs_of(const std::vector<SampleInfo>& samples, Value value) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> runs;
  for (const SampleInfo& sample : samples) {
    const auto of_sample = static_cast<std::uint32_t>(value(sample));
    if (runs.empty() || runs.back().second != of_sample) runs.emplace_back(0, of_sample);
    ++runs.back().first;
  }
  return runs;
}

void write_runs(BoxWriter& out, const char* type, std::uint8_t version,
                const std::vector<std::pair<std::uint32_t, std::uint32_t>>& runs) {
  out.full_box(type, version, 0, [&] {
    out.u32(static_cast<std::uint32_t>(runs.size()));
    for (const auto& [count, value] : runs) {
      out.u32(count);
      out.u32(value);
    }
  });
}

}  // namespace

std::optional<Movie> Movie::of(Bytes head) {
  const auto type = first_box(head);
  if (!type || type->type != "ftyp") return std::nullopt;
  std::optional<Bytes> at = find(head, "moov");
  if (at) at = find(*at, "trak");
  const auto track_header = at ? find(*at, "tkhd") : std::nullopt;
  for (const char* inner : {"mdia", "minf", "stbl"})
    if (at) at = find(*at, inner);
  const auto entry = at ? find(*at, "stsd") : std::nullopt;
  if (!entry || !track_header || track_header->size() < 8) return std::nullopt;
  Movie movie;
  movie.sample_entry_.assign(reinterpret_cast<const char*>(entry->data()) - kBoxHead, entry->size() + kBoxHead);
  movie.width_ = u32(*track_header, track_header->size() - 8);
  movie.height_ = u32(*track_header, track_header->size() - 4);
  return movie;
}

bool Movie::add(Bytes fragment) {
  const auto read = read_samples(fragment);
  if (!read || media_ + read->media.size() > kMaxMedia) return false;
  samples_.insert(samples_.end(), read->samples.begin(), read->samples.end());
  chunks_.push_back(static_cast<std::uint32_t>(read->samples.size()));
  chunk_sizes_.push_back(static_cast<std::uint32_t>(read->media.size()));
  media_ += read->media.size();
  for (const SampleInfo& sample : read->samples) duration_ += sample.duration;
  return true;
}

double Movie::seconds() const noexcept { return static_cast<double>(duration_) / kTimescale; }

std::string Movie::index() const {
  // Where the media begin depends on the size of the index, which does not depend on the number in it.
  return index_with(static_cast<std::uint32_t>(index_with(0).size()));
}

std::string Movie::index_with(std::uint32_t first_chunk) const {
  const auto duration = static_cast<std::uint32_t>(std::min<std::uint64_t>(duration_, 0xffffffff));
  BoxWriter out;
  out.box("ftyp", [&] {
    out.text("isom");
    out.u32(0x200);
    out.text("isomiso2avc1mp41");
  });
  out.box("moov", [&] {
    write_movie_header(out, duration);
    out.box("trak", [&] {
      write_track_header(out, width_, height_, duration);
      // What is shown first is shown at 0, also of a camera that sends its pictures in another order.
      out.box("edts", [&] {
        out.full_box("elst", 0, 0, [&] {
          out.u32(1);
          out.u32(duration);
          out.u32(samples_.empty() ? 0 : static_cast<std::uint32_t>(samples_.front().composition_offset));
          out.u32(0x00010000);  // rate 1
        });
      });
      out.box("mdia", [&] {
        write_media_header(out, duration);
        out.box("minf", [&] {
          write_media_information(out);
          out.box("stbl", [&] { write_sample_table(out, first_chunk); });
        });
      });
    });
  });
  out.u32(static_cast<std::uint32_t>(media_ + kBoxHead));
  out.text("mdat");
  return out.take();
}

// Every fragment is a chunk.
void Movie::write_sample_table(BoxWriter& out, std::uint32_t first_chunk) const {
  out.text(sample_entry_);
  write_runs(out, "stts", 0, runs_of(samples_, [](const SampleInfo& sample) { return sample.duration; }));
  const auto offsets = runs_of(samples_, [](const SampleInfo& sample) { return sample.composition_offset; });
  if (offsets.size() > 1 || (!offsets.empty() && offsets.front().second != 0)) write_runs(out, "ctts", 1, offsets);
  out.full_box("stss", 0, 0, [&] {
    const auto is_key = [](const SampleInfo& sample) { return sample.keyframe; };
    out.u32(static_cast<std::uint32_t>(std::count_if(samples_.begin(), samples_.end(), is_key)));
    for (std::size_t i = 0; i < samples_.size(); ++i)
      if (samples_[i].keyframe) out.u32(static_cast<std::uint32_t>(i + 1));
  });
  out.full_box("stsc", 0, 0, [&] {
    out.u32(static_cast<std::uint32_t>(chunks_.size()));
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
      out.u32(static_cast<std::uint32_t>(i + 1));  // from this chunk on
      out.u32(chunks_[i]);
      out.u32(1);  // sample_description_index
    }
  });
  out.full_box("stsz", 0, 0, [&] {
    out.u32(0);
    out.u32(static_cast<std::uint32_t>(samples_.size()));
    for (const SampleInfo& sample : samples_) out.u32(sample.size);
  });
  out.full_box("stco", 0, 0, [&] {
    out.u32(static_cast<std::uint32_t>(chunk_sizes_.size()));
    std::uint32_t at = first_chunk;
    for (const std::uint32_t size : chunk_sizes_) {
      out.u32(at);
      at += size;
    }
  });
}

}  // namespace pitview::fmp4
