#include "pitview/fmp4/writer.h"

#include <string_view>

namespace pitview::fmp4 {
namespace {

constexpr std::uint32_t kTrackId = 1;
constexpr std::uint32_t kKeyframeFlags = 0x02000000;  // sample_depends_on 2: on no other
constexpr std::uint32_t kOtherFlags = 0x01010000;     // depends on others, is no sync sample
constexpr std::uint32_t kMatrix[9] = {0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000};

// Big-endian values behind each other; boxes get their sizes when they are closed.
class BoxWriter {
 public:
  void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void u16(std::uint16_t value) {
    u8(static_cast<std::uint8_t>(value >> 8));
    u8(static_cast<std::uint8_t>(value));
  }
  void u32(std::uint32_t value) {
    u16(static_cast<std::uint16_t>(value >> 16));
    u16(static_cast<std::uint16_t>(value));
  }
  void u64(std::uint64_t value) {
    u32(static_cast<std::uint32_t>(value >> 32));
    u32(static_cast<std::uint32_t>(value));
  }
  void zeros(std::size_t count) { out_.append(count, '\0'); }
  void text(std::string_view text) { out_.append(text); }
  void bytes(h264::NalUnit bytes) { out_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size()); }

  // `fill` writes what is inside.
  template <class Fill>
  void box(std::string_view type, Fill fill) {
    const std::size_t begin = out_.size();
    u32(0);
    text(type);
    fill();
    put(begin, static_cast<std::uint32_t>(out_.size() - begin));
  }
  template <class Fill>
  void full_box(std::string_view type, std::uint8_t version, std::uint32_t flags, Fill fill) {
    box(type, [&] {
      u32(static_cast<std::uint32_t>(version) << 24 | flags);
      fill();
    });
  }

  std::size_t size() const { return out_.size(); }
  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  // A value whose place was written before.
  void put(std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) out_[at + i] = static_cast<char>(value >> (24 - 8 * i));
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void write_matrix(BoxWriter& out) {
  for (const std::uint32_t value : kMatrix) out.u32(value);
}

void write_movie_header(BoxWriter& out) {
  out.full_box("mvhd", 0, 0, [&] {
    out.zeros(8);  // creation, modification
    out.u32(kTimescale);
    out.u32(0);           // duration: in the fragments
    out.u32(0x00010000);  // rate 1
    out.u16(0x0100);      // volume
    out.zeros(10);
    write_matrix(out);
    out.zeros(24);
    out.u32(kTrackId + 1);  // next_track_ID
  });
}

void write_track_header(BoxWriter& out, const Track& track) {
  constexpr std::uint32_t kEnabledInMovie = 3;
  out.full_box("tkhd", 0, kEnabledInMovie, [&] {
    out.zeros(8);
    out.u32(kTrackId);
    out.zeros(4 + 4 + 8);  // reserved, duration, reserved
    out.zeros(8);          // layer, alternate group, volume, reserved
    write_matrix(out);
    out.u32(track.width << 16);
    out.u32(track.height << 16);
  });
}

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
    out.full_box("mdhd", 0, 0, [&] {
      out.zeros(8);
      out.u32(kTimescale);
      out.u32(0);
      out.u16(0x55c4);  // language "und"
      out.u16(0);
    });
    out.full_box("hdlr", 0, 0, [&] {
      out.u32(0);
      out.text("vide");
      out.zeros(12);
      out.text(std::string_view("video\0", 6));
    });
    out.box("minf", [&] {
      out.full_box("vmhd", 0, 1, [&] { out.zeros(8); });
      out.box("dinf", [&] {
        out.full_box("dref", 0, 0, [&] {
          out.u32(1);
          out.full_box("url ", 0, 1, [] {});  // flag 1: in this file
        });
      });
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
    write_movie_header(out);
    out.box("trak", [&] {
      write_track_header(out, track);
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
