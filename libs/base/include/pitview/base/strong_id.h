// Database keys that do not convert into each other: a PitId is never a JobId.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace pitview {

// `value` is the bigint key; 0 is no key.
template <class Tag>
struct StrongId {
  using is_strong_id = void;
  std::int64_t value = 0;

  constexpr StrongId() = default;
  constexpr explicit StrongId(std::int64_t v) : value(v) {}
  friend constexpr auto operator<=>(const StrongId&, const StrongId&) = default;
};

using WorkshopId = StrongId<struct WorkshopTag>;
using UserId = StrongId<struct UserTag>;
using PitId = StrongId<struct PitTag>;
using JobId = StrongId<struct JobTag>;
using DeviceKey = StrongId<struct DeviceTag>;  // the row; DeviceId (domain) is the printed code
using SessionId = StrongId<struct SessionTag>;

}  // namespace pitview

template <class Tag>
struct std::hash<pitview::StrongId<Tag>> {
  std::size_t operator()(const pitview::StrongId<Tag>& id) const noexcept {
    return std::hash<std::int64_t>{}(id.value);
  }
};
