// Any bytes as RTCP. What must hold: a NACK names no more than 17 packets per entry of
// the input, and what is written of a report that was read is read again as it was.
#include <cstdio>
#include <cstdlib>

#include "pitview/rtp/rtcp.h"

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitview::rtp;
  const auto messages = rtcp::parse({data, size});
  if (!messages) return 0;
  std::size_t named = 0;
  for (const rtcp::Message& message : *messages) {
    if (const auto* nack = std::get_if<rtcp::Nack>(&message)) named += nack->sequences.size();
    if (const auto* block = std::get_if<rtcp::ReportBlock>(&message)) {
      rtcp::round_trip(*block, {1, 2});
      const auto again = rtcp::parse(rtcp::write_receiver_report(1, *block));
      require(again && again->size() == 1, "a report block can be written and read");
      const auto& read = std::get<rtcp::ReportBlock>(again->front());
      require(read.cumulative_lost == block->cumulative_lost && read.jitter == block->jitter, "and is the same");
    }
  }
  require(named <= size / 4 * 17, "a NACK is bounded by its bytes");
  return 0;
}
