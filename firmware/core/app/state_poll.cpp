#include "core/app/state_poll.h"

namespace pitview::fw {

StatePoll::Why StatePoll::why(std::uint64_t now_ms, LicenceState licence, std::optional<std::uint64_t> down_since_ms) {
  if (licence == LicenceState::unprovisioned) return Why::unclaimed;
  if (down_since_ms && now_ms - *down_since_ms >= kCutOffMs) return Why::cut_off;
  return licence == LicenceState::disabled ? Why::disabled : Why::none;
}

std::uint64_t StatePoll::pause_ms() {
  switch (why_) {
    case Why::unclaimed: return jittered(random_, kUnclaimedMs, 10);
    case Why::cut_off: return jittered(random_, kCutOffMs, 10);
    case Why::disabled: return jittered(random_, kDisabledMs, 10);
    case Why::none: break;
  }
  return UINT32_MAX;
}

std::optional<std::string_view> StatePoll::tick(std::uint64_t now_ms, LicenceState licence,
                                                std::optional<std::uint64_t> down_since_ms) {
  if (request_.under_way()) {
    const auto answer = request_.poll();
    if (!answer) return std::nullopt;
    if (answer->status == 200) {
      failures_.reset();
      return answer->body;
    }
    // An unclaimed device has somebody waiting in front of it; still, a server in trouble is spared.
    const std::uint64_t pause = failures_.next_ms(random_) + pause_ms();
    due_ms_ = now_ms + pause;
    return std::nullopt;
  }
  const Why now_why = why(now_ms, licence, down_since_ms);
  if (now_why != why_) {
    why_ = now_why;
    // At once where somebody waits for the answer; otherwise a full pause first.
    const bool at_once = why_ == Why::unclaimed || why_ == Why::cut_off;
    due_ms_ = why_ == Why::none ? UINT64_MAX : at_once ? now_ms : now_ms + pause_ms();
  }
  if (now_ms >= due_ms_) ask(now_ms);
  return std::nullopt;
}

void StatePoll::ask(std::uint64_t now_ms) {
  due_ms_ = now_ms + pause_ms();
  Text<256> url;
  url << identity_.api_url.view() << "/api/device/state";
  if (!request_.start(request_as(identity_, HttpRequest::Method::get, url.view())))
    due_ms_ = now_ms + 1'000 + random_up_to(random_, 1'000);  // busy with something else
}

}  // namespace pitview::fw
