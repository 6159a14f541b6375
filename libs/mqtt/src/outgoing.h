// A publish() call in progress. It lives in that call's coroutine frame; the
// client knows it by pointer only between send or wait and finish.
#pragma once

#include <list>
#include <optional>
#include <string>

#include "pitview/mqtt/client.h"

namespace pitview::mqtt {

struct Client::Outgoing {
  Outgoing(Client& owner, const asio::any_io_executor& executor) : client(&owner), done(executor) {}
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  // A call that ends early (its deadline, its caller's cancellation) leaves the
  // queue. A packet id stays taken until its PUBACK: reused sooner, the late
  // PUBACK would confirm another message.
  ~Outgoing() { leave(); }

  // Wakes the waiting coroutine; it runs later, not inside this call.
  void finish(Result<> outcome) {
    leave();
    result.emplace(std::move(outcome));
    done.cancel();
  }

  void leave() {
    if (client == nullptr) return;
    if (position) client->waiting_.erase(*position);
    if (packet_id != 0) {
      client->in_flight_[packet_id].outgoing = nullptr;
      ++client->given_up_;
      client->last_given_up_ = std::chrono::steady_clock::now();
    }
    position.reset();
    client = nullptr;
  }

  Client* client;
  asio::steady_timer done;  // expires at the deadline, cancelled by finish()
  std::string topic;
  std::string payload;
  QoS qos = QoS::at_most_once;
  bool retain = false;
  std::uint16_t packet_id = 0;                             // once sent with QoS 1
  std::optional<std::list<Outgoing*>::iterator> position;  // in waiting_
  std::optional<Result<>> result;
};

}  // namespace pitview::mqtt
