#include "customers/viewer_log.h"

#include "pitview/async/deadline.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"

namespace pitview::customers {
namespace {

constexpr std::chrono::seconds kHeartbeat{15};  // as platform.note_viewers expects
// Many come at once when a server comes back; they are one statement.
constexpr std::chrono::milliseconds kGather{100};
constexpr std::chrono::seconds kLastWord{3};
constexpr const char* kOnlyServer = "-";
constexpr const char* kChannel = "live";

}  // namespace

ViewerLog::ViewerLog(asio::any_io_executor executor, Parts parts)
    : parts_(std::move(parts)),
      executor_(executor),
      tasks_(executor),
      wake_(executor, asio::steady_timer::time_point::max()) {
  if (parts_.server.empty()) parts_.server = kOnlyServer;
}

ViewerLog::Watching ViewerLog::watch(const Principal& principal) {
  if (principal.role != Role::customer) return {};
  {
    const std::lock_guard lock(mutex_);
    if (++connections_[principal.session] == 1) changed_ = true;
  }
  wake();
  return {*this, principal.session};
}

void ViewerLog::leave(SessionId session) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = connections_.find(session);
    if (--found->second > 0) return;
    connections_.erase(found);
    changed_ = true;
  }
  wake();
}

void ViewerLog::wake() {
  asio::post(executor_, [this] { wake_.cancel(); });
}

std::vector<SessionId> ViewerLog::watching() const {
  const std::lock_guard lock(mutex_);
  std::vector<SessionId> sessions;
  sessions.reserve(connections_.size());
  for (const auto& [session, count] : connections_) sessions.push_back(session);
  return sessions;
}

// The first note ends what this server left when it died.
void ViewerLog::start() { tasks_.spawn("viewer_log", run()); }

Awaitable<> ViewerLog::stop() {
  tasks_.cancel();
  co_await tasks_.join();
  if (!co_await with_deadline(kLastWord, try_to_note({}))) log::warning("viewers_not_noted", {{"reason", "too slow"}});
}

Awaitable<> ViewerLog::run() {
  while (true) {
    co_await try_to_note(watching());
    co_await wait_for_change();
    co_await sleep_for(kGather);
  }
}

Awaitable<> ViewerLog::wait_for_change() {
  const auto take = [this] {
    const std::lock_guard lock(mutex_);
    return std::exchange(changed_, false);
  };
  if (take()) co_return;
  error_code interrupted;
  wake_.expires_after(kHeartbeat);
  co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, interrupted));
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
  take();
}

// A database that is away is no loss: what is not noted now is noted with the next
// heartbeat, and rows that grow old meanwhile end.
Awaitable<> ViewerLog::try_to_note(std::vector<SessionId> sessions) {
  try {
    co_await note(kChannel, std::move(sessions));
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) throw;
    log::warning("viewers_not_noted", {{"reason", e.what()}});
  } catch (const std::exception& e) {
    log::warning("viewers_not_noted", {{"reason", e.what()}});
  }
}

Awaitable<> ViewerLog::note(std::string channel, std::vector<SessionId> sessions) {
  for (const auto& change : co_await parts_.views.note(parts_.server, std::move(channel), std::move(sessions)))
    parts_.hub.publish({"viewer", change.workshop, {}, {}, {}, json::write(change.change)});
}

}  // namespace pitview::customers
