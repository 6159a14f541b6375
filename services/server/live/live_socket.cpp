#include "live/live_socket.h"

#include "pitview/async/task_group.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"

namespace pitview::live {

struct Snapshot {
  std::vector<pits::Pit> pits;
};
BOOST_DESCRIBE_STRUCT(Snapshot, (), (pits))

namespace {

// More than this while a snapshot is read from the database means it is not
// coming any time soon; the browser connects again and gets a fresh one.
constexpr std::size_t kMaxBeforeSnapshot = 1000;

std::string query_value(const http::Request& request, std::string_view name) {
  for (const auto& [key, value] : request.query)
    if (key == name) return value;
  return "";
}

Awaitable<> serve(LiveSocket::Parts parts, const http::Request& request, http::WebSocket& socket) {
  LiveSocket live(parts, socket);
  co_await live.serve(request);
}

}  // namespace

http::WebSocketHandler live_socket_handler(LiveSocket::Parts parts) {
  return [parts](const http::Request& request, http::WebSocket& socket) { return serve(parts, request, socket); };
}

LiveSocket::LiveSocket(Parts parts, http::WebSocket& socket)
    : parts_(parts), socket_(socket), scope_signal_(socket.executor(), asio::steady_timer::time_point::max()) {}

Awaitable<> LiveSocket::serve(const http::Request& request) {
  Result<Principal> principal = authenticate(request);
  if (!principal) {
    socket_.close(http::kCloseUnauthenticated, name_of(principal.error().code));
    co_return;
  }
  principal_ = *principal;
  // Subscribed before the snapshot is read: what happens meanwhile is kept.
  const Subscription subscription = parts_.hub.subscribe(Runtime::current_index(), principal_.workshop,
                                                         [this](const Delivery& delivery) { on_event(delivery); });
  // Signed out between the check and the subscription: the event has passed us by.
  if (parts_.authenticator.has_ended(principal_.session)) {
    socket_.close(http::kCloseUnauthenticated, name_of(Errc::session_ended));
    co_return;
  }
  TaskGroup tasks(socket_.executor());
  std::exception_ptr failure;
  try {
    scope_ = co_await parts_.views.scope_of(principal_);
    co_await send_snapshot();
    if (!scope_.everything) tasks.spawn("live_scope", follow_scope());
    while (co_await socket_.receive()) {
      // Browsers have nothing to say here; reading keeps pings and the close going.
    }
  } catch (...) {
    failure = std::current_exception();
  }
  tasks.cancel();
  co_await tasks.join();
  if (failure) std::rethrow_exception(failure);
}

Result<Principal> LiveSocket::authenticate(const http::Request& request) const {
  const std::string ticket = query_value(request, "ticket");
  if (!ticket.empty()) {
    if (const auto principal = parts_.tickets.redeem(ticket, parts_.clock.now())) return *principal;
    return {Errc::unauthenticated, "The ticket is not valid any more."};
  }
  return parts_.authenticator.authenticate(query_value(request, "token"));
}

void LiveSocket::on_event(const Delivery& delivery) {
  if (delivery.session.value != 0) {
    if (delivery.session != principal_.session) return;
    send(delivery.frame);
    socket_.close(http::kCloseUnauthenticated, "session_ended");
    return;
  }
  if (!snapshot_sent_) {
    before_snapshot_.push_back(delivery);
    if (before_snapshot_.size() > kMaxBeforeSnapshot) socket_.close(http::kCloseTryAgainLater, "snapshot");
    return;
  }
  // A job that begins, ends or moves may change what a customer sees. Even a job
  // one does not know may be one's own new one.
  if (delivery.job.value != 0 && !scope_.everything) {
    scope_may_have_changed_ = true;
    scope_signal_.cancel();
  }
  if (may_see(delivery)) send(delivery.frame);
}

bool LiveSocket::may_see(const Delivery& delivery) const {
  if (scope_.everything) return true;
  if (delivery.job.value != 0 && principal_.role == Role::customer) return scope_.sees(delivery.job);
  return scope_.sees(delivery.pit);
}

void LiveSocket::send(std::shared_ptr<const std::string> frame) {
  if (!socket_.send(std::move(frame))) socket_.close(http::kCloseTryAgainLater, "too slow");
}

Awaitable<> LiveSocket::send_snapshot() {
  const Snapshot snapshot{co_await parts_.views.list(principal_, scope_)};
  send(std::make_shared<const std::string>(
      make_frame("snapshot", json::write(snapshot), parts_.hub.last_seq(), parts_.clock.now())));
  snapshot_sent_ = true;
  while (!before_snapshot_.empty()) {
    const Delivery delivery = std::move(before_snapshot_.front());
    before_snapshot_.pop_front();
    on_event(delivery);
  }
}

// Reads the scope again after every change of a job, and sends a new snapshot
// when it differs. A customer whose job is over stops seeing the pit here.
Awaitable<> LiveSocket::follow_scope() {
  while (!socket_.closing()) {
    if (!scope_may_have_changed_) {
      error_code ignored;
      scope_signal_.expires_at(asio::steady_timer::time_point::max());
      co_await scope_signal_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return;
    }
    scope_may_have_changed_ = false;
    Scope now = co_await parts_.views.scope_of(principal_);
    if (now.pits == scope_.pits && now.jobs == scope_.jobs) continue;
    scope_ = std::move(now);
    co_await send_snapshot();
  }
}

}  // namespace pitview::live
