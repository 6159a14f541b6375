#include "pitview/live/hub.h"

#include <algorithm>
#include <utility>

#include "pitview/base/json_text.h"

namespace pitview::live {

std::string make_frame(std::string_view name, std::string_view data_json, std::uint64_t seq, Timestamp now) {
  std::string frame;
  frame.reserve(data_json.size() + 96);
  frame.append("{\"event\":");
  append_json_string(frame, name);
  frame.append(",\"data\":").append(data_json);
  frame.append(",\"seq\":").append(std::to_string(seq));
  frame.append(",\"ts\":\"").append(to_iso8601(now)).append("\"}");
  return frame;
}

Subscription::Subscription(Subscription&& other) noexcept { *this = std::move(other); }

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  reset();
  hub_ = std::exchange(other.hub_, nullptr);
  shard_ = other.shard_;
  workshop_ = other.workshop_;
  key_ = other.key_;
  return *this;
}

Subscription::~Subscription() { reset(); }

void Subscription::reset() noexcept {
  if (hub_ != nullptr) hub_->unsubscribe(shard_, workshop_, key_);
  hub_ = nullptr;
}

Hub::Hub(Runtime& runtime, const Clock& clock) : runtime_(runtime), clock_(clock) {
  for (std::size_t i = 0; i < runtime.size(); ++i) shards_.push_back(std::make_unique<Shard>());
}

void Hub::publish(Event event) {
  const std::uint64_t seq = seq_.fetch_add(1) + 1;
  if (subscribers_.load() == 0) return;
  const Delivery delivery{
      event.name, event.pit,
      event.job,  event.session,
      seq,        std::make_shared<const std::string>(make_frame(event.name, event.data, seq, clock_.now()))};
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    if (shards_[i]->size.load() == 0) continue;
    asio::post(runtime_.context(i), [this, shard = shards_[i].get(), workshop = event.workshop, delivery] {
      deliver(*shard, workshop, delivery);
    });
  }
}

Subscription Hub::subscribe(std::size_t shard, WorkshopId workshop, Subscriber subscriber) {
  Shard& home = *shards_[shard];
  const std::uint64_t key = home.next_key++;
  home.by_workshop[workshop].push_back({key, std::move(subscriber)});
  ++home.size;
  ++subscribers_;
  return {*this, shard, workshop, key};
}

void Hub::deliver(Shard& shard, WorkshopId workshop, const Delivery& delivery) {
  const auto found = shard.by_workshop.find(workshop);
  if (found == shard.by_workshop.end()) return;
  for (const Entry& entry : found->second) entry.subscriber(delivery);
}

void Hub::unsubscribe(std::size_t shard, WorkshopId workshop, std::uint64_t key) noexcept {
  Shard& home = *shards_[shard];
  const auto found = home.by_workshop.find(workshop);
  if (found == home.by_workshop.end()) return;
  std::erase_if(found->second, [key](const Entry& entry) { return entry.key == key; });
  if (found->second.empty()) home.by_workshop.erase(found);
  --home.size;
  --subscribers_;
}

}  // namespace pitview::live
