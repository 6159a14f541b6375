#include "track_boxes.h"

#include "pitview/fmp4/writer.h"

namespace pitview::fmp4 {
namespace {

constexpr std::uint32_t kMatrix[9] = {0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000};

void write_matrix(BoxWriter& out) {
  for (const std::uint32_t value : kMatrix) out.u32(value);
}

}  // namespace

void write_movie_header(BoxWriter& out, std::uint32_t duration) {
  out.full_box("mvhd", 0, 0, [&] {
    out.zeros(8);  // creation, modification
    out.u32(kTimescale);
    out.u32(duration);
    out.u32(0x00010000);  // rate 1
    out.u16(0x0100);      // volume
    out.zeros(10);
    write_matrix(out);
    out.zeros(24);
    out.u32(kTrackId + 1);  // next_track_ID
  });
}

void write_track_header(BoxWriter& out, std::uint32_t width, std::uint32_t height, std::uint32_t duration) {
  constexpr std::uint32_t kEnabledInMovie = 3;
  out.full_box("tkhd", 0, kEnabledInMovie, [&] {
    out.zeros(8);
    out.u32(kTrackId);
    out.zeros(4);
    out.u32(duration);
    out.zeros(8);
    out.zeros(8);  // layer, alternate group, volume, reserved
    write_matrix(out);
    out.u32(width);
    out.u32(height);
  });
}

void write_media_header(BoxWriter& out, std::uint32_t duration) {
  out.full_box("mdhd", 0, 0, [&] {
    out.zeros(8);
    out.u32(kTimescale);
    out.u32(duration);
    out.u16(0x55c4);  // language "und"
    out.u16(0);
  });
  out.full_box("hdlr", 0, 0, [&] {
    out.u32(0);
    out.text("vide");
    out.zeros(12);
    out.text(std::string_view("video\0", 6));
  });
}

void write_media_information(BoxWriter& out) {
  out.full_box("vmhd", 0, 1, [&] { out.zeros(8); });
  out.box("dinf", [&] {
    out.full_box("dref", 0, 0, [&] {
      out.u32(1);
      out.full_box("url ", 0, 1, [] {});  // flag 1: in this file
    });
  });
}

}  // namespace pitview::fmp4
