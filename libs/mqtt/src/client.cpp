#include "pitview/mqtt/client.h"

#include <algorithm>
#include <boost/asio/multiple_exceptions.hpp>
#include <span>

#include "back_off.h"
#include "outgoing.h"
#include "pitview/async/deadline.h"
#include "transport.h"

namespace pitview::mqtt {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kFirstReadBufferBytes = 4'096;
constexpr std::size_t kUsualBufferBytes = 65'536;
// A write of this size that makes no headway is a broker that does not read.
constexpr std::size_t kWriteChunkBytes = 262'144;
// How long a goodbye may take when the broker no longer reads.
constexpr std::chrono::seconds kGoodbyeLimit{2};

}  // namespace

Client::Client(asio::any_io_executor executor, ClientOptions options, Handlers handlers)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      handlers_(std::move(handlers)),
      random_(std::random_device{}()),
      retry_timer_(executor_),
      watch_timer_(executor_),
      input_(kFirstReadBufferBytes),
      writer_timer_(executor_),
      reader_timer_(executor_) {
  options_.max_in_flight = std::clamp<std::size_t>(options_.max_in_flight, 1, 65'534);
}

Client::~Client() { end_connection("destroyed"); }

Awaitable<> Client::run() {
  while (!stopping_) {
    const auto started = steady_clock::now();
    std::string reason;
    try {
      reason = co_await connect_and_serve();
    } catch (...) {
      end_connection("cancelled");
      throw;
    }
    const bool was_ready = connected();
    end_connection(stopping_ ? "stopped" : reason);
    if (stopping_) break;
    if (!was_ready) ++counters_.failed_connections;
    log::warning(
        was_ready ? "mqtt_disconnected" : "mqtt_connect_failed",
        {{"host", options_.host}, {"port", options_.port}, {"client_id", options_.client_id}, {"reason", reason}});
    if (!options_.reconnect) break;
    // A connection that did not last counts as a failure: two clients with one
    // id would otherwise throw each other out in a tight loop.
    if (was_ready && steady_clock::now() - started > options_.longest_back_off) failures_in_a_row_ = 0;
    ++failures_in_a_row_;
    co_await wait_before_next_try();
  }
}

void Client::stop() {
  if (stopping_) return;
  stopping_ = true;
  retry_timer_.cancel();
  if (phase_ == Phase::ready) {
    encode(packet::Disconnect{}, output_);
    wake_writer();
    watch_timer_.cancel();
  } else if (transport_) {
    transport_->close();
  }
}

Awaitable<> Client::wait_before_next_try() {
  const auto bound = back_off_bound(failures_in_a_row_, options_.first_back_off, options_.longest_back_off);
  std::uniform_int_distribution<std::int64_t> jitter(0, bound.count());
  retry_timer_.expires_after(std::chrono::milliseconds(jitter(random_)));
  error_code stopped;
  co_await retry_timer_.async_wait(asio::redirect_error(asio::use_awaitable, stopped));
}

Awaitable<std::string> Client::connect_and_serve() {
  using asio::experimental::awaitable_operators::operator||;

  transport_ = options_.tls ? make_tls_transport(executor_, *options_.tls) : make_tcp_transport(executor_);
  const Result<> opened = co_await transport_->open(options_.host, options_.port, options_.handshake_limit);
  if (!opened) co_return opened.error().detail;
  if (stopping_) co_return "stopped";
  if (const Result<> begun = begin_connection(); !begun) co_return begun.error().detail;

  try {
    const auto ended = co_await (read_loop() || write_loop() || watch_loop());
    if (stopping_) co_await with_deadline(kGoodbyeLimit, transport_->say_goodbye());
    co_return std::visit([](const std::string& reason) { return reason; }, ended);
  } catch (const asio::multiple_exceptions&) {
    // Only a cancellation from outside makes all three throw.
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

Result<> Client::begin_connection() {
  ++connection_;
  phase_ = Phase::awaiting_connack;
  last_received_ = last_sent_ = steady_clock::now();
  in_flight_.assign(options_.max_in_flight + 1, Slot{});
  free_ids_.clear();
  for (std::size_t id = 1; id <= options_.max_in_flight; ++id) free_ids_.push_back(static_cast<std::uint16_t>(id));
  given_up_ = 0;

  packet::Connect connect;
  connect.client_id = options_.client_id;
  if (!options_.username.empty()) {
    connect.username = options_.username;
    connect.password = options_.password;
  }
  connect.clean_session = options_.clean_session;
  connect.keep_alive_s = options_.keep_alive_s;
  if (const auto& will = options_.will)
    connect.will = packet::Will{will->topic, will->payload, will->qos, will->retain};
  return encode(connect, output_);
}

void Client::end_connection(const std::string& reason) {
  const bool was_ready = connected();
  phase_ = Phase::offline;
  ++connection_;
  if (transport_) transport_->close();
  transport_.reset();
  input_begin_ = input_end_ = skip_bytes_ = 0;
  if (input_.size() > kFirstReadBufferBytes) std::vector<std::uint8_t>(kFirstReadBufferBytes).swap(input_);
  received_.clear();
  next_received_ = 0;
  acknowledged_waiting_ = 0;
  std::string().swap(output_);
  std::string().swap(being_written_);
  writer_waits_ = reader_waits_ = false;
  writing_since_.reset();
  // finish() wakes the caller later, it does not run it here.
  for (const Slot& slot : in_flight_)
    if (slot.outgoing != nullptr)
      slot.outgoing->finish(Error{Errc::unavailable, "The connection to the broker was lost.", {}, 0});
  in_flight_.clear();
  free_ids_.clear();
  while (!waiting_.empty())
    waiting_.front()->finish(Error{Errc::unavailable, "The connection to the broker was lost.", {}, 0});
  if (was_ready && handlers_.on_disconnected) handlers_.on_disconnected(reason);
}

// Reads as much as there is and hands on every packet of it before reading again.
Awaitable<std::string> Client::read_loop() {
  for (;;) {
    co_await wait_for_write_room();
    make_room_for_input();
    error_code failure;
    const std::size_t size = co_await transport_->read_some(std::span(input_).subspan(input_end_), failure);
    if (failure) co_return transport_->explain(failure);
    input_end_ += size;
    last_received_ = steady_clock::now();
    // A handler that throws has not taken its message: the connection ends, the
    // broker delivers it again.
    try {
      if (const Result<> consumed = consume(); !consumed) co_return consumed.error().detail;
    } catch (const std::exception& e) {
      co_return "a handler failed: " + std::string(e.what());
    }
    send_waiting();
  }
}

// Every message read may add a PUBACK to what waits to be sent, so a broker that
// sends and does not read could fill our memory.
Awaitable<> Client::wait_for_write_room() {
  while (output_.size() > options_.max_write_queue_bytes) {
    reader_waits_ = true;
    reader_timer_.expires_at(steady_clock::time_point::max());
    error_code woken;
    co_await reader_timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
}

// The buffer grows while reads fill it, so that a busy connection reads large
// batches and a thousand quiet ones cost little; beyond that only for a packet
// that needs it. Who takes small packets only needs no large batches.
void Client::make_room_for_input() {
  const std::size_t usual = std::clamp(options_.max_packet_bytes * 4, kFirstReadBufferBytes, kUsualBufferBytes);
  const bool was_filled = input_end_ == input_.size();
  if (input_begin_ > 0) {
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(input_begin_),
              input_.begin() + static_cast<std::ptrdiff_t>(input_end_), input_.begin());
    input_end_ -= input_begin_;
    input_begin_ = 0;
  }
  if (was_filled && (input_.size() < usual || input_end_ == input_.size())) input_.resize(input_.size() * 2);
}

// Writes everything that has gathered since the last write in one go.
Awaitable<std::string> Client::write_loop() {
  for (;;) {
    // After the DISCONNECT it is the broker that closes: closing first, with
    // unread bytes from it, would reset the connection and could lose the
    // DISCONNECT on its way.
    if (output_.empty()) {
      writer_waits_ = true;
      writer_timer_.expires_at(steady_clock::time_point::max());
      error_code woken;
      co_await writer_timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      if (writer_waits_) co_return "cancelled";
      continue;
    }
    std::swap(output_, being_written_);
    if (std::string failure = co_await write_gathered(); !failure.empty()) co_return failure;
    if (reader_waits_) {
      reader_waits_ = false;
      last_received_ = steady_clock::now();  // it was not the broker that was silent
      reader_timer_.cancel();
    }
    send_waiting();
  }
}

// The reason why not, or nothing.
Awaitable<std::string> Client::write_gathered() {
  for (std::string_view rest = being_written_; !rest.empty();) {
    const std::string_view chunk = rest.substr(0, kWriteChunkBytes);
    writing_since_ = steady_clock::now();
    if (const error_code failure = co_await transport_->write(chunk)) co_return transport_->explain(failure);
    last_sent_ = steady_clock::now();
    rest.remove_prefix(chunk.size());
  }
  writing_since_.reset();
  being_written_.clear();
  // One burst is no reason to keep its memory for good.
  if (being_written_.capacity() > kUsualBufferBytes) std::string().swap(being_written_);
  co_return std::string();
}

// Why a connection that is still open is of no use any more, or nothing.
std::string Client::why_useless() const {
  const auto now = steady_clock::now();
  // Every packet id waits for a PUBACK that nobody waits for.
  if (given_up_ == options_.max_in_flight && now - last_given_up_ >= options_.publish_limit)
    return "the broker confirms nothing";
  const steady_clock::duration patience = std::chrono::seconds(options_.keep_alive_s) * 3 / 2;
  if (patience.count() == 0) return {};
  if (writing_since_ && now - *writing_since_ >= patience) return "the broker does not read";
  if (!reader_waits_ && now - last_received_ >= patience) return "the broker has gone silent";
  return {};
}

// Limits the handshake, pings, notices a dead peer, and limits the goodbye.
Awaitable<std::string> Client::watch_loop() {
  error_code woken;
  watch_timer_.expires_after(options_.handshake_limit);
  while (phase_ != Phase::ready) {
    if (steady_clock::now() >= watch_timer_.expiry()) co_return "no answer to CONNECT or SUBSCRIBE in time";
    co_await watch_timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  const steady_clock::duration keep_alive = std::chrono::seconds(options_.keep_alive_s);
  while (!stopping_) {
    if (std::string reason = why_useless(); !reason.empty()) co_return reason;
    const auto now = steady_clock::now();
    if (keep_alive.count() > 0) {
      // The broker wants to hear from us within the keep-alive time, and we from
      // it: half of it leaves time for the answer.
      if (now - last_sent_ >= keep_alive / 2 || now - last_received_ >= keep_alive / 2) {
        encode(packet::Pingreq{}, output_);
        wake_writer();
      }
    }
    watch_timer_.expires_after(keep_alive.count() > 0 ? keep_alive / 4 : std::chrono::hours(24));
    co_await watch_timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  watch_timer_.expires_after(kGoodbyeLimit);
  co_await watch_timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  co_return "stopped";
}

}  // namespace pitview::mqtt
