// Many browsers at once, as the server sees them: WebSockets of people who are signed in,
// from as many addresses as the server's limit per address asks for. Each frame is handed
// on as it arrives; the work of a real browser is not in it.
//
// Everything on the thread of the io_context.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/async/asio.h"
#include "plan.h"
#include "stack.h"

namespace pitview::bench {

// Loopback addresses other than 127.0.0.1, one for every so many connections.
asio::ip::address source_address(std::size_t connection, std::size_t of_each);
// A socket that will connect from there, with whatever port is free for its destination.
asio::ip::tcp::socket socket_from(asio::io_context& context, const asio::ip::address& source);

class Crowd {
 public:
  // Of one message: who got it, and what it says.
  using OnText = std::function<void(std::size_t seat, std::string_view text)>;

  // A seat for each token; the same one may come more than once.
  Crowd(asio::io_context& context, Address server, std::vector<std::string> tokens, OnText on_text);
  ~Crowd();

  // Until each has its snapshot or was refused.
  Awaitable<> connect_all();
  void close();

  // Connected now.
  std::size_t seated() const noexcept { return seated_; }
  // Why the first one was refused or lost; empty when none was.
  const std::string& first_loss() const noexcept { return first_loss_; }

 private:
  struct Seat;

  Awaitable<> connect_some();
  Awaitable<> connect(Seat& seat);
  Awaitable<> read(Seat& seat);
  Awaitable<> receive(Seat& seat);
  void take(Seat& seat, std::string_view bytes);
  void lost(const std::string& reason);

  asio::io_context& context_;
  Address server_;
  OnText on_text_;
  std::vector<std::unique_ptr<Seat>> seats_;
  std::size_t next_ = 0;  // to be connected
  std::size_t connecting_ = 0;
  std::size_t seated_ = 0;
  bool closing_ = false;
  std::string first_loss_;
};

}  // namespace pitview::bench
