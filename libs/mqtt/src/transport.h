// The bytes under an MQTT connection: TCP, or TLS on it. One object per
// connection; one read and one write may be pending at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "pitview/async/asio.h"
#include "pitview/base/result.h"
#include "pitview/mqtt/tls.h"

namespace pitview::mqtt {

class Transport {
 public:
  virtual ~Transport() = default;

  // Once. Each step (TCP, TLS) may take `limit`. The error says in a few words why not.
  virtual Awaitable<Result<>> open(std::string host, std::uint16_t port, std::chrono::milliseconds limit) = 0;
  // How many bytes have been read; 0 with `failure` set when none will come.
  virtual Awaitable<std::size_t> read_some(std::span<std::uint8_t> into, error_code& failure) = 0;
  // Everything or an error. `bytes` must stay until the end.
  virtual Awaitable<error_code> write(std::string_view bytes) = 0;
  // Says that no more will come and waits for the same word from the other side. No
  // read or write may be pending.
  virtual Awaitable<> say_goodbye() = 0;
  // Pending operations fail with operation_aborted.
  virtual void close() noexcept = 0;
  // Why a read or write failed, for a log.
  virtual std::string explain(error_code failure) const;
};

std::unique_ptr<Transport> make_tcp_transport(const asio::any_io_executor& executor);
// The files are read at open(), so that a renewed certificate counts from the next
// connection on.
std::unique_ptr<Transport> make_tls_transport(const asio::any_io_executor& executor, Tls tls);

// The step that both begin with.
Awaitable<Result<>> connect_tcp(asio::ip::tcp::resolver& resolver, asio::ip::tcp::socket& socket, std::string host,
                                std::uint16_t port, std::chrono::milliseconds limit);

}  // namespace pitview::mqtt
