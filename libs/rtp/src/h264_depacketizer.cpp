#include "pitview/rtp/h264_depacketizer.h"

#include <algorithm>

#include "pitview/h264/slice.h"
#include "wire.h"

namespace pitview::rtp {
namespace {

constexpr unsigned kStapA = 24;
constexpr unsigned kFuA = 28;
constexpr std::uint8_t kStart = 0x80;
constexpr std::uint8_t kEnd = 0x40;

unsigned kind_of(Bytes payload) { return payload[0] & 0x1fU; }

}  // namespace

void H264Depacketizer::push(const Packet& packet, std::size_t lost, const Deliver& deliver) {
  if (begun_ && packet.timestamp != timestamp_) finish(deliver);
  if (lost > 0) {
    if (in_fragment_) spoil();
    damaged_ = true;
  }
  if (!begun_) {
    begun_ = true;
    timestamp_ = packet.timestamp;
  }
  if (!packet.payload.empty()) {
    if (marker_is_early(packet.payload)) markers_lie_ = true;
    take(packet.payload);
  }
  // Parameter sets in packets of their own may carry the marker: they wait for their picture.
  if (packet.marker && !markers_lie_ && (has_slice() || skipping_)) finish(deliver);
}

void H264Depacketizer::take(Bytes payload) {
  const unsigned kind = kind_of(payload);
  if (kind == kFuA) return take_fragment(payload);
  if (in_fragment_) spoil();
  if (kind == kStapA) return take_aggregate(payload);
  if (kind == 0 || kind > kStapA) {
    ++malformed_;
    damaged_ = true;
    return;
  }
  append_unit(payload);
}

void H264Depacketizer::take_aggregate(Bytes payload) {
  for (std::size_t at = 1; at < payload.size();) {
    const std::size_t size = at + 2 <= payload.size() ? wire::u16(payload, at) : 0;
    if (size == 0 || at + 2 + size > payload.size()) {
      ++malformed_;
      damaged_ = true;
      return;
    }
    append_unit(payload.subspan(at + 2, size));
    at += 2 + size;
  }
}

void H264Depacketizer::take_fragment(Bytes payload) {
  if (payload.size() < 3) {
    ++malformed_;
    return spoil();
  }
  const std::uint8_t header = payload[1];
  const Bytes data = payload.subspan(2);
  if ((header & kStart) != 0) {
    if (in_fragment_) spoil();
    if (!fits(data.size() + 1)) return;
    units_.push_back({bytes_.size(), 0});
    bytes_.push_back(static_cast<std::uint8_t>((payload[0] & 0xe0) | (header & 0x1f)));
    in_fragment_ = true;
  } else if (!in_fragment_) {
    damaged_ = true;  // its beginning is lost
    return;
  }
  if (!fits(data.size())) return;
  bytes_.insert(bytes_.end(), data.begin(), data.end());
  units_.back().size = bytes_.size() - units_.back().begin;
  if ((header & kEnd) != 0) in_fragment_ = false;
}

void H264Depacketizer::append_unit(h264::NalUnit unit) {
  if (!fits(unit.size())) return;
  units_.push_back({bytes_.size(), unit.size()});
  bytes_.insert(bytes_.end(), unit.begin(), unit.end());
}

bool H264Depacketizer::fits(std::size_t more) {
  if (skipping_) return false;
  if (bytes_.size() + more <= kMaxBytes && units_.size() < kMaxUnits) return true;
  ++malformed_;
  skipping_ = true;
  damaged_ = true;
  in_fragment_ = false;
  bytes_.clear();
  units_.clear();
  return false;
}

// The unit that is being put together has a hole: it goes.
void H264Depacketizer::spoil() {
  damaged_ = true;
  if (!in_fragment_) return;
  in_fragment_ = false;
  bytes_.resize(units_.back().begin);
  units_.pop_back();
}

bool H264Depacketizer::has_slice() const {
  return std::any_of(units_.begin(), units_.end(),
                     [this](const Unit& unit) { return h264::is_slice(Bytes(bytes_).subspan(unit.begin, unit.size)); });
}

// A picture that has just gone out goes on: its marker was no end.
bool H264Depacketizer::marker_is_early(Bytes payload) const {
  if (!delivered_once_ || markers_lie_ || !units_.empty() || timestamp_ != delivered_timestamp_) return false;
  if (kind_of(payload) == kFuA) return payload.size() >= 3 && (payload[1] & kStart) != 0;
  const auto start = h264::start_of_slice(payload);
  return start && start->first_macroblock > 0;
}

void H264Depacketizer::finish(const Deliver& deliver) {
  if (in_fragment_) spoil();
  if (!units_.empty()) {
    AccessUnit unit{.timestamp = timestamp_, .damaged = damaged_};
    unit.units.reserve(units_.size());
    for (const Unit& part : units_) {
      unit.units.push_back(Bytes(bytes_).subspan(part.begin, part.size));
      if (h264::type_of(unit.units.back()) == h264::NalType::idr_slice) unit.keyframe = true;
    }
    delivered_once_ = true;
    delivered_timestamp_ = timestamp_;
    damaged_ = false;
    deliver(unit);
  }
  // A picture that was lost as a whole damages the next one.
  bytes_.clear();
  units_.clear();
  begun_ = false;
  skipping_ = false;
}

}  // namespace pitview::rtp
