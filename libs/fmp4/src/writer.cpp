#include "pitview/fmp4/writer.h"

#include <string_view>

#include "box_writer.h"
#include "track_boxes.h"

namespace pitview::fmp4 {
namespace {

constexpr std::uint32_t kKeyframeFlags = 0x02000000;  // sample_depends_on 2: on no other
constexpr std::uint32_t kOtherFlags = 0x01010000;     // depends on others, is no sync sample

// AVCDecoderConfigurationRecord (14496-15, 5.3.3.1).
void write_decoder_configuration(BoxWriter& out, const Track& track) {
  out.box("avcC", [&] {
    out.u8(1);
    out.u8(track.sps[1]);
    out.u8(track.sps[2]);
    out.u8(track.sps[3]);
    out.u8(0xfc | 3);  // lengths of 4 bytes
    out.u8(0xe0 | 1);  // one sequence parameter set
    out.u16(static_cast<std::uint16_t>(track.sps.size()));
    out.bytes(track.sps);
    out.u8(1);
    out.u16(static_cast<std::uint16_t>(track.pps.size()));
    out.bytes(track.pps);
    // Profiles above Main say more; 4:2:0 with 8 bits is all that cameras send.
    const std::uint8_t profile = track.sps[1];
    if (profile == 100 || profile == 110 || profile == 122 || profile == 144) {
      out.u8(0xfc | 1);  // chroma_format
      out.u8(0xf8);      // bit_depth_luma_minus8
      out.u8(0xf8);      // bit_depth_chroma_minus8
      out.u8(0);         // no extensions
    }
  });
}

void write_sample_entry(BoxWriter& out, const Track& track) {
  out.full_box("stsd", 0, 0, [&] {
    out.u32(1);
    out.box("avc1", [&] {
      out.zeros(6);
      out.u16(1);  // data_reference_index
      out.zeros(16);
      out.u16(static_cast<std::uint16_t>(track.width));
      out.u16(static_cast<std::uint16_t>(track.height));
      out.u32(0x00480000);  // 72 dpi
      out.u32(0x00480000);
      out.u32(0);
      out.u16(1);  // frame_count
      out.zeros(32);
      out.u16(0x0018);  // depth
      out.u16(0xffff);
      write_decoder_configuration(out, track);
    });
  });
}

void write_media(BoxWriter& out, const Track& track) {
  out.box("mdia", [&] {
    write_media_header(out, 0);
    out.box("minf", [&] {
      write_media_information(out);
      out.box("stbl", [&] {
        write_sample_entry(out, track);
        // The samples are in the fragments.
        for (const char* type : {"stts", "stsc", "stco"}) out.full_box(type, 0, 0, [&] { out.u32(0); });
        out.full_box("stsz", 0, 0, [&] { out.zeros(8); });
      });
    });
  });
}

bool is_in_sample(h264::NalUnit unit) {
  switch (h264::type_of(unit)) {
    case h264::NalType::sequence_parameter_set:
    case h264::NalType::picture_parameter_set:
    case h264::NalType::access_unit_delimiter:
    case h264::NalType::filler_data:
    case h264::NalType::unspecified: return false;
    default: return true;
  }
}

constexpr std::size_t kLengthBytes = 4;

std::size_t size_of(const Sample& sample) {
  std::size_t size = 0;
  for (const h264::NalUnit unit : sample.units)
    if (is_in_sample(unit)) size += kLengthBytes + unit.size();
  return size;
}

// Returns where the offset from moof to the first sample is to be written.
std::size_t write_run(BoxWriter& out, std::span<const Sample> samples) {
  constexpr std::uint32_t kFields = 0x000001 | 0x000100 | 0x000200 | 0x000400 | 0x000800;
  std::size_t offset_at = 0;
  out.full_box("trun", 1, kFields, [&] {
    out.u32(static_cast<std::uint32_t>(samples.size()));
    offset_at = out.size();
    out.u32(0);
    for (const Sample& sample : samples) {
      out.u32(sample.duration);
      out.u32(static_cast<std::uint32_t>(size_of(sample)));
      out.u32(sample.keyframe ? kKeyframeFlags : kOtherFlags);
      out.u32(static_cast<std::uint32_t>(sample.composition_offset));
    }
  });
  return offset_at;
}

}  // namespace

std::string codec_string(const h264::SequenceParameterSet& set) { return "avc1." + h264::profile_level_id(set); }

std::string initialization_segment(const Track& track) {
  BoxWriter out;
  out.box("ftyp", [&] {
    out.text("iso6");
    out.u32(1);
    out.text("iso6mp41cmfc");
  });
  out.box("moov", [&] {
    write_movie_header(out, 0);
    out.box("trak", [&] {
      write_track_header(out, track.width << 16, track.height << 16, 0);
      write_media(out, track);
    });
    out.box("mvex", [&] {
      out.full_box("trex", 0, 0, [&] {
        out.u32(kTrackId);
        out.u32(1);  // default_sample_description_index
        out.zeros(12);
      });
    });
  });
  return out.take();
}

std::string fragment(std::uint32_t sequence, std::uint64_t decode_time, std::span<const Sample> samples) {
  BoxWriter out;
  std::size_t data = 0;
  for (const Sample& sample : samples) data += size_of(sample);
  constexpr std::size_t kHeads = 128;
  constexpr std::size_t kSampleFields = 16;
  out.reserve(data + kHeads + samples.size() * kSampleFields);

  std::size_t offset_at = 0;
  out.box("moof", [&] {
    out.full_box("mfhd", 0, 0, [&] { out.u32(sequence); });
    out.box("traf", [&] {
      constexpr std::uint32_t kDefaultBaseIsMoof = 0x020000;
      out.full_box("tfhd", 0, kDefaultBaseIsMoof, [&] { out.u32(kTrackId); });
      out.full_box("tfdt", 1, 0, [&] { out.u64(decode_time); });
      offset_at = write_run(out, samples);
    });
  });
  constexpr std::size_t kBoxHead = 8;
  out.put(offset_at, static_cast<std::uint32_t>(out.size() + kBoxHead));
  out.box("mdat", [&] {
    for (const Sample& sample : samples)
      for (const h264::NalUnit unit : sample.units) {
        if (!is_in_sample(unit)) continue;
        out.u32(static_cast<std::uint32_t>(unit.size()));
        out.bytes(unit);
      }
  });
  return out.take();
}

}  // namespace pitview::fmp4
