#include "live/live_socket.h"

#include <algorithm>
#include <charconv>

#include "pitview/async/task_group.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"

namespace pitview::live {

struct Snapshot {
  std::vector<pits::Pit> pits;
  std::optional<std::string> not_resumed;
};
BOOST_DESCRIBE_STRUCT(Snapshot, (), (pits, not_resumed))

struct Resumed {
  std::uint64_t last_seq = 0;
};
BOOST_DESCRIBE_STRUCT(Resumed, (), (last_seq))

namespace {

// More than this while a snapshot is read from the database means it is not
// coming any time soon; the browser connects again and gets a fresh one.
constexpr std::size_t kMaxWaiting = 1000;
constexpr std::chrono::minutes kLookAgain{5};

std::string query_value(const http::Request& request, std::string_view name) {
  for (const auto& [key, value] : request.query)
    if (key == name) return value;
  return "";
}

// After these a customer or an operator may see something else than before.
bool may_change_scope(const Delivery& delivery) { return delivery.job.value != 0 || delivery.name == "rights_changed"; }

Awaitable<> serve(LiveSocket::Parts parts, const http::Request& request, http::WebSocket& socket) {
  LiveSocket live(parts, socket);
  co_await live.serve(request);
}

}  // namespace

http::WebSocketHandler live_socket_handler(LiveSocket::Parts parts) {
  return [parts](const http::Request& request, http::WebSocket& socket) { return serve(parts, request, socket); };
}

LiveSocket::LiveSocket(Parts parts, http::WebSocket& socket)
    : parts_(parts), socket_(socket), rights_signal_(socket.executor(), asio::steady_timer::time_point::max()) {}

Awaitable<> LiveSocket::serve(const http::Request& request) {
  Result<Principal> principal = co_await authenticate(request);
  if (!principal) {
    const Errc code = principal.error().code;
    socket_.close(code == Errc::rate_limited ? http::kCloseTryAgainLater : http::kCloseUnauthenticated, name_of(code));
    co_return;
  }
  principal_ = *principal;
  // Subscribed before the snapshot is read: what happens meanwhile is kept.
  const Subscription subscription = parts_.hub.subscribe(Runtime::current_index(), principal_.workshop,
                                                         [this](const Delivery& delivery) { on_event(delivery); });
  heard_ = subscription.since();
  // Signed out between the check and the subscription: the event has passed us by.
  if (parts_.authenticator.has_ended(principal_.session)) {
    socket_.close(http::kCloseUnauthenticated, name_of(Errc::session_ended));
    co_return;
  }
  const auto watching = parts_.viewers.watch(principal_);
  TaskGroup tasks(socket_.executor());
  std::exception_ptr failure;
  try {
    scope_ = co_await parts_.views.scope_of(principal_);
    co_await send_first(query_value(request, "last_seq"));
    tasks.spawn("live_rights", follow_rights());
    while (co_await socket_.receive()) {
      // Browsers have nothing to say here; reading keeps pings and the close going.
    }
  } catch (...) {
    failure = std::current_exception();
  }
  // A peer that is cut off cancels this coroutine; its task must end first all the same.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  tasks.cancel();
  co_await tasks.join();
  if (failure) std::rethrow_exception(failure);
}

Awaitable<Result<Principal>> LiveSocket::authenticate(const http::Request& request) {
  const std::string ticket = query_value(request, "ticket");
  Result<Principal> principal(Errc::unauthenticated, "The ticket is not valid any more.");
  if (ticket.empty()) {
    principal = parts_.authenticator.authenticate(query_value(request, "token"));
  } else if (const auto redeemed = co_await parts_.tickets.redeem(ticket)) {
    principal = *redeemed;
  }
  if (principal)
    if (auto refused = parts_.authenticator.over_limit(principal->session)) co_return std::move(*refused);
  co_return principal;
}

Awaitable<> LiveSocket::send_first(std::string last_seq) {
  std::optional<std::string> not_resumed;
  if (!last_seq.empty()) not_resumed = resume(last_seq);
  if (last_seq.empty() || not_resumed) co_await send_snapshot(std::move(not_resumed));
}

std::optional<std::string> LiveSocket::resume(const std::string& last_seq) {
  std::uint64_t seq = 0;
  const auto [end, fault] = std::from_chars(last_seq.data(), last_seq.data() + last_seq.size(), seq);
  if (fault != std::errc() || end != last_seq.data() + last_seq.size()) return "unknown";
  const Missed missed = parts_.hub.since(principal_.workshop, seq);
  if (missed.outcome == Missed::Outcome::unknown) return "unknown";
  if (missed.outcome == Missed::Outcome::too_old) return "too_old";
  // What it was shown before may not be what it may see now: it starts anew.
  if (!scope_.everything && std::any_of(missed.deliveries.begin(), missed.deliveries.end(), may_change_scope))
    return "rights";
  const Timestamp now = parts_.clock.now();
  send(std::make_shared<const std::string>(make_frame("resumed", json::write(Resumed{seq}), seq, now)), 0);
  for (const Delivery& delivery : missed.deliveries)
    if (may_see(delivery)) send(delivery.frame, delivery.supersedes);
  // Those that wait, or are still on their way, are among them.
  heard_ = missed.last;
  waiting_.clear();
  up_to_date_ = true;
  return std::nullopt;
}

void LiveSocket::on_event(const Delivery& delivery) {
  if (delivery.session.value != 0) {
    if (delivery.session != principal_.session) return;
    send(delivery.frame, 0);
    socket_.close(http::kCloseUnauthenticated, "session_ended");
    return;
  }
  if (delivery.seq <= heard_) return;
  heard_ = delivery.seq;
  if (!up_to_date_) {
    waiting_.push_back(delivery);
    if (waiting_.size() > kMaxWaiting) socket_.close(http::kCloseTryAgainLater, "snapshot");
    return;
  }
  show(delivery);
}

void LiveSocket::show(const Delivery& delivery) {
  // A job that begins, ends or moves may change what a customer sees. Even a job
  // one does not know may be one's own new one.
  if (may_change_scope(delivery) && !scope_.everything) {
    scope_may_have_changed_ = true;
    rights_signal_.cancel();
  }
  if (may_see(delivery)) send(delivery.frame, delivery.supersedes);
}

bool LiveSocket::may_see(const Delivery& delivery) const {
  const auto& needs = delivery.name.kind().needs;
  if (!needs || !may(principal_.role, *needs)) return false;
  if (scope_.everything) return true;
  if (delivery.job.value != 0 && principal_.role == Role::customer) return scope_.sees(delivery.job);
  return scope_.sees(delivery.pit);
}

void LiveSocket::send(std::shared_ptr<const std::string> frame, std::uint64_t supersedes) {
  const std::size_t dropped_before = socket_.superseded();
  if (!socket_.send(std::move(frame), supersedes)) socket_.close(http::kCloseTryAgainLater, "too slow");
  parts_.hub.note_superseded(socket_.superseded() - dropped_before);
}

// Its number is that of the newest event that came before it was read.
Awaitable<> LiveSocket::send_snapshot(std::optional<std::string> not_resumed) {
  const std::uint64_t seq = waiting_.empty() ? heard_ : waiting_.front().seq - 1;
  const Snapshot snapshot{co_await parts_.views.list(principal_, scope_), std::move(not_resumed)};
  send(std::make_shared<const std::string>(make_frame("snapshot", json::write(snapshot), seq, parts_.clock.now())), 0);
  deliver_waiting();
}

void LiveSocket::deliver_waiting() {
  up_to_date_ = true;
  while (!waiting_.empty()) {
    const Delivery delivery = std::move(waiting_.front());
    waiting_.pop_front();
    show(delivery);
  }
}

// Looks again at what the user may see: after every change of a job, and from
// time to time because sessions expire, users are disabled and permissions change.
// When that cannot be found out, the connection is closed rather than trusted.
Awaitable<> LiveSocket::follow_rights() {
  while (!socket_.closing()) {
    const bool due = !co_await wait_for_signal();
    try {
      if (due && !co_await parts_.sessions.is_alive(principal_.session, parts_.clock.now())) {
        socket_.close(http::kCloseUnauthenticated, name_of(Errc::session_ended));
        co_return;
      }
      co_await read_scope_again();
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) throw;
      close_untrusted(e.what());
    } catch (const std::exception& e) {
      close_untrusted(e.what());
    }
  }
}

// True when a job has changed, false when the time for a look has come.
Awaitable<bool> LiveSocket::wait_for_signal() {
  if (scope_may_have_changed_) co_return true;
  error_code interrupted;
  rights_signal_.expires_after(kLookAgain);
  co_await rights_signal_.async_wait(asio::redirect_error(asio::use_awaitable, interrupted));
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
  co_return scope_may_have_changed_;
}

// Events wait while the scope is in doubt, and come after the snapshot if there is one.
Awaitable<> LiveSocket::read_scope_again() {
  if (scope_.everything) co_return;
  up_to_date_ = false;
  scope_may_have_changed_ = false;
  Scope scope = co_await parts_.views.scope_of(principal_);
  if (scope == scope_) {
    deliver_waiting();
    co_return;
  }
  scope_ = std::move(scope);
  co_await send_snapshot();
}

void LiveSocket::close_untrusted(std::string_view reason) {
  log::warning("live_scope_unknown", {{"session", principal_.session}, {"reason", reason}});
  socket_.close(http::kCloseTryAgainLater, "scope");
}

}  // namespace pitview::live
