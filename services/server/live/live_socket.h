// One browser's live connection (plan §8.5, decision D24).
#pragma once

#include <deque>

#include "auth/authenticator.h"
#include "auth/sessions_repository.h"
#include "auth/ws_tickets.h"
#include "customers/viewer_log.h"
#include "pits/pit_views.h"
#include "pitview/http/router.h"
#include "pitview/live/hub.h"

namespace pitview::live {

class LiveSocket {
 public:
  struct Parts {
    Hub& hub;
    pits::PitViews& views;
    auth::Authenticator& authenticator;
    auth::WsTickets& tickets;
    auth::SessionsRepository& sessions;
    customers::ViewerLog& viewers;
    const Clock& clock;
  };

  LiveSocket(Parts parts, http::WebSocket& socket);

  // Until the browser goes, its session ends, or it cannot keep up.
  Awaitable<> serve(const http::Request& request);

 private:
  Awaitable<Result<Principal>> authenticate(const http::Request& request);
  // Either what the browser has missed since the number it asks for, or a snapshot.
  Awaitable<> send_first(std::string last_seq);
  // Why it cannot be resumed; empty when it was.
  std::optional<std::string> resume(const std::string& last_seq);
  void on_event(const Delivery& delivery);
  void show(const Delivery& delivery);
  bool may_see(const Delivery& delivery) const;
  void send(std::shared_ptr<const std::string> frame, std::uint64_t supersedes);
  Awaitable<> send_snapshot(std::optional<std::string> not_resumed = std::nullopt);
  void deliver_waiting();
  Awaitable<> follow_rights();
  Awaitable<bool> wait_for_signal();
  Awaitable<> read_scope_again();
  void close_untrusted(std::string_view reason);

  Parts parts_;
  http::WebSocket& socket_;
  Principal principal_;
  Scope scope_;
  bool up_to_date_ = false;       // false while a snapshot is read
  std::deque<Delivery> waiting_;  // events that came meanwhile
  std::uint64_t heard_ = 0;       // the number of the newest event that came; those to come have greater ones
  bool scope_may_have_changed_ = false;
  asio::steady_timer rights_signal_;
};

// The handler of the route; `parts` outlive the router.
http::WebSocketHandler live_socket_handler(LiveSocket::Parts parts);

}  // namespace pitview::live
