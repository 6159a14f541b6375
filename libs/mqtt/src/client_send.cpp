#include "outgoing.h"
#include "pitview/mqtt/topic.h"

namespace pitview::mqtt {

Awaitable<Result<>> Client::publish(std::string topic, std::string payload, QoS qos, bool retain) {
  if (!valid_topic_name(topic)) co_return Error{Errc::validation_failed, "The topic is not a topic name.", {}, 0};
  if (topic.size() + payload.size() + 4 > options_.max_packet_bytes)
    co_return Error{Errc::body_too_large, "The message is longer than this client's limit.", {}, 0};
  if (!connected() || stopping_) co_return Error{Errc::unavailable, "There is no connection to the broker.", {}, 0};

  Outgoing outgoing(*this, executor_);
  outgoing.topic = std::move(topic);
  outgoing.payload = std::move(payload);
  outgoing.qos = qos;
  outgoing.retain = retain;
  outgoing.done.expires_after(options_.publish_limit);
  if (waiting_.empty() && has_room(qos)) {
    send(outgoing);
  } else {
    outgoing.position = waiting_.insert(waiting_.end(), &outgoing);
  }
  // The client may be gone when this resumes: only `outgoing` may be touched.
  if (!outgoing.result) {
    error_code woken;
    co_await outgoing.done.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  if (outgoing.result) co_return std::move(*outgoing.result);
  co_return Error{Errc::unavailable, "The broker did not confirm the message in time.", {}, 0};
}

bool Client::has_room(QoS qos) const noexcept {
  return output_.size() < options_.max_write_queue_bytes && (qos == QoS::at_most_once || !free_ids_.empty());
}

void Client::send(Outgoing& outgoing) {
  packet::Publish publish;
  publish.topic = outgoing.topic;
  publish.payload = outgoing.payload;
  publish.qos = outgoing.qos;
  publish.retain = outgoing.retain;
  if (outgoing.qos == QoS::at_least_once) {
    publish.packet_id = free_ids_.front();
    free_ids_.pop_front();
  }
  if (Result<> encoded = encode(publish, output_); !encoded) {
    if (publish.packet_id != 0) free_ids_.push_front(publish.packet_id);
    return outgoing.finish(std::move(encoded));
  }
  wake_writer();
  if (publish.packet_id != 0) {
    outgoing.packet_id = publish.packet_id;
    in_flight_[publish.packet_id] = {true, &outgoing};
  } else {
    ++counters_.published;
    outgoing.finish(Done{});
  }
}

// First come, first served: a QoS 0 message does not overtake a QoS 1 message
// that waits for its slot, or a reader would see them out of order.
void Client::send_waiting() {
  while (phase_ == Phase::ready && !stopping_ && !waiting_.empty() && has_room(waiting_.front()->qos)) {
    Outgoing& next = *waiting_.front();
    waiting_.pop_front();
    next.position.reset();
    send(next);
  }
}

void Client::wake_writer() {
  if (!writer_waits_) return;
  writer_waits_ = false;
  writer_timer_.cancel();
}

}  // namespace pitview::mqtt
