// The bytes under an MQTT connection: TCP today, TLS beside it later. One
// object per connection; one read and one write may be pending at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "pitview/async/asio.h"

namespace pitview::mqtt {

class Transport {
 public:
  virtual ~Transport() = default;

  virtual Awaitable<error_code> open(std::string host, std::uint16_t port) = 0;
  // How many bytes have been read; 0 with `failure` set when none will come.
  virtual Awaitable<std::size_t> read_some(std::span<std::uint8_t> into, error_code& failure) = 0;
  // Everything or an error. `bytes` must stay until the end.
  virtual Awaitable<error_code> write(std::string_view bytes) = 0;
  // Pending operations fail with operation_aborted.
  virtual void close() noexcept = 0;
};

std::unique_ptr<Transport> make_tcp_transport(const asio::any_io_executor& executor);

}  // namespace pitview::mqtt
