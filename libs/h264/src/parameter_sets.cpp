#include "pitview/h264/parameter_sets.h"

#include <array>

#include "pitview/h264/bit_reader.h"

namespace pitview::h264 {
namespace {

constexpr unsigned kMaxSide = 16'384;  // level 6.2 ends at 16,880 x 16,880 together; cameras far before
constexpr unsigned kExtendedSar = 255;

struct Cropping {
  std::uint32_t left = 0, right = 0, top = 0, bottom = 0;
};

// Profiles whose sets say more of the samples (clause 7.3.2.1.1).
bool has_chroma_format(unsigned profile) {
  switch (profile) {
    case 100:
    case 110:
    case 122:
    case 244:
    case 44:
    case 83:
    case 86:
    case 118:
    case 128:
    case 138:
    case 139:
    case 134:
    case 135: return true;
    default: return false;
  }
}

void skip_scaling_list(BitReader& in, unsigned size) {
  std::int64_t last = 8;  // the standard keeps delta_scale in -128 to 127, a camera may not
  std::int64_t next = 8;
  for (unsigned i = 0; i < size && !in.overrun(); ++i) {
    if (next != 0) next = (last + in.signed_golomb() + 256) % 256;
    last = next == 0 ? last : next;
  }
}

// Returns chroma_format_idc.
unsigned read_chroma_format(BitReader& in, bool& separate_planes) {
  const std::uint32_t format = in.unsigned_golomb();
  if (format == 3) separate_planes = in.flag();
  in.unsigned_golomb();  // bit_depth_luma_minus8
  in.unsigned_golomb();  // bit_depth_chroma_minus8
  in.skip(1);            // qpprime_y_zero_transform_bypass_flag
  if (in.flag())
    for (unsigned i = 0; i < (format == 3 ? 12U : 8U); ++i)
      if (in.flag()) skip_scaling_list(in, i < 6 ? 16 : 64);
  return format;
}

// False when the count is more than the standard allows.
bool skip_picture_order(BitReader& in) {
  const std::uint32_t type = in.unsigned_golomb();
  if (type == 0) {
    in.unsigned_golomb();  // log2_max_pic_order_cnt_lsb_minus4
  } else if (type == 1) {
    in.skip(1);
    in.signed_golomb();
    in.signed_golomb();
    const std::uint32_t cycle = in.unsigned_golomb();
    if (cycle > 255) return false;
    for (std::uint32_t i = 0; i < cycle; ++i) in.signed_golomb();
  }
  return type <= 2;
}

bool skip_hrd(BitReader& in) {
  const std::uint32_t count = in.unsigned_golomb();
  if (count > 31) return false;
  in.skip(8);
  for (std::uint32_t i = 0; i <= count; ++i) {
    in.unsigned_golomb();
    in.unsigned_golomb();
    in.skip(1);
  }
  in.skip(20);
  return true;
}

// Annex E.1.1.
bool read_vui(BitReader& in, SequenceParameterSet& set) {
  if (in.flag() && in.bits(8) == kExtendedSar) in.skip(32);
  if (in.flag()) in.skip(1);  // overscan
  if (in.flag()) {
    in.skip(4);
    if (in.flag()) in.skip(24);
  }
  if (in.flag()) {  // chroma location
    in.unsigned_golomb();
    in.unsigned_golomb();
  }
  if (in.flag()) {
    const std::uint32_t units = in.bits(32);
    const std::uint32_t scale = in.bits(32);
    in.skip(1);
    // Two ticks are a frame (equation E-1 counts fields).
    if (units > 0 && scale > 0 && !in.overrun()) set.frames_per_second = scale / (2.0 * units);
  }
  const bool nal_hrd = in.flag();
  if (nal_hrd && !skip_hrd(in)) return false;
  const bool vcl_hrd = in.flag();
  if (vcl_hrd && !skip_hrd(in)) return false;
  if (nal_hrd || vcl_hrd) in.skip(1);
  in.skip(1);  // pic_struct_present_flag
  if (in.flag()) {
    in.skip(1);
    for (int i = 0; i < 4; ++i) in.unsigned_golomb();
    const std::uint32_t reorder = in.unsigned_golomb();
    const std::uint32_t buffering = in.unsigned_golomb();
    if (!in.overrun() && reorder <= buffering && buffering <= 16) set.max_reorder_frames = reorder;
  }
  return true;
}

bool set_size(SequenceParameterSet& set, std::uint32_t mbs_wide, std::uint32_t map_units_high, unsigned chroma_array,
              const Cropping& crop) {
  const unsigned fields = set.interlaced ? 2 : 1;
  if (mbs_wide == 0 || mbs_wide > kMaxSide / 16 || map_units_high == 0 || map_units_high > kMaxSide / 16) return false;
  const std::uint64_t width = mbs_wide * 16ULL;
  const std::uint64_t height = map_units_high * 16ULL * fields;
  const std::uint64_t unit_x = chroma_array == 1 || chroma_array == 2 ? 2 : 1;
  const std::uint64_t unit_y = (chroma_array == 1 ? 2ULL : 1ULL) * fields;
  const std::uint64_t off_x = (std::uint64_t{crop.left} + crop.right) * unit_x;
  const std::uint64_t off_y = (std::uint64_t{crop.top} + crop.bottom) * unit_y;
  if (off_x >= width || off_y >= height || height > kMaxSide) return false;
  set.width = static_cast<unsigned>(width - off_x);
  set.height = static_cast<unsigned>(height - off_y);
  return true;
}

Error malformed(const char* what) { return {Errc::validation_failed, std::string("H.264: ") + what, {}, 0}; }

}  // namespace

Result<SequenceParameterSet> parse_sequence_parameter_set(NalUnit unit) {
  if (type_of(unit) != NalType::sequence_parameter_set || unit.size() < 4)
    return malformed("this is no sequence parameter set.");
  SequenceParameterSet set;
  BitReader in(unit.subspan(1));
  set.profile_idc = in.bits(8);
  set.constraint_flags = in.bits(8);
  set.level_idc = in.bits(8);
  set.id = in.unsigned_golomb();
  unsigned chroma_format = 1;
  bool separate_planes = false;
  if (has_chroma_format(set.profile_idc)) chroma_format = read_chroma_format(in, separate_planes);
  const std::uint32_t frame_num_bits = in.unsigned_golomb();  // log2_max_frame_num_minus4
  const bool order_known = skip_picture_order(in);
  set.max_reference_frames = in.unsigned_golomb();
  in.skip(1);  // gaps_in_frame_num_value_allowed_flag
  const std::uint32_t mbs_wide = in.unsigned_golomb() + 1;
  const std::uint32_t map_units_high = in.unsigned_golomb() + 1;
  set.interlaced = !in.flag();
  if (set.interlaced) in.skip(1);  // mb_adaptive_frame_field_flag
  in.skip(1);                      // direct_8x8_inference_flag
  Cropping crop;
  if (in.flag()) {
    crop.left = in.unsigned_golomb();
    crop.right = in.unsigned_golomb();
    crop.top = in.unsigned_golomb();
    crop.bottom = in.unsigned_golomb();
  }
  const bool has_vui = in.flag();
  if (in.overrun()) return malformed("a sequence parameter set that ends too early.");
  if (set.id > 31 || chroma_format > 3 || frame_num_bits > 12 || !order_known || set.max_reference_frames > 16)
    return malformed("a sequence parameter set with a value out of its range.");
  if (!set_size(set, mbs_wide, map_units_high, separate_planes ? 0 : chroma_format, crop))
    return malformed("a sequence parameter set with an impossible size.");
  // Cameras write broken VUIs: what was read of one before it ends counts.
  if (has_vui && !read_vui(in, set)) set.max_reorder_frames.reset();
  return set;
}

bool SequenceParameterSet::may_reorder() const noexcept {
  if (profile_idc == 66) return false;
  return !max_reorder_frames || *max_reorder_frames > 0;
}

std::string profile_level_id(const SequenceParameterSet& set) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned byte : {set.profile_idc, set.constraint_flags, set.level_idc}) {
    text.push_back(kDigits[byte >> 4 & 15]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

std::string profile_name(const SequenceParameterSet& set) {
  constexpr unsigned kConstraint1 = 0x40;
  switch (set.profile_idc) {
    case 66: return (set.constraint_flags & kConstraint1) != 0 ? "Constrained Baseline" : "Baseline";
    case 77: return "Main";
    case 88: return "Extended";
    case 100: return "High";
    case 110: return "High 10";
    case 122: return "High 4:2:2";
    case 244: return "High 4:4:4";
    default: return "profile " + std::to_string(set.profile_idc);
  }
}

}  // namespace pitview::h264
