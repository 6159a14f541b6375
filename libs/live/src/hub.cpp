#include "pitview/live/hub.h"

#include <algorithm>
#include <mutex>
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
  since_ = other.since_;
  return *this;
}

Subscription::~Subscription() { reset(); }

void Subscription::reset() noexcept {
  if (hub_ != nullptr) hub_->unsubscribe(shard_, workshop_, key_);
  hub_ = nullptr;
}

Hub::Hub(Runtime& runtime, const Clock& clock, std::uint32_t generation)
    : runtime_(runtime), clock_(clock), first_(std::uint64_t{generation & kMaxGeneration} << 32U) {
  for (std::size_t i = 0; i < runtime.size(); ++i) shards_.push_back(std::make_unique<Shard>());
}

void Hub::publish(Event event) {
  if (relay_) relay_(event);
  publish_relayed(std::move(event));
}

// Numbered, kept and posted under one lock, so that nobody gets a number before a
// smaller one, and who asks what it has missed is told of each that is not still to come.
void Hub::publish_relayed(Event event) {
  const Timestamp now = clock_.now();
  Channel& channel = channel_of(event.workshop);
  const std::lock_guard lock(channel.mutex);
  const std::uint64_t seq = ++channel.last;
  if (channel.subscribers == 0 && channel.watched_until + kKeepFor < now) return forget(channel);
  const EventKind& kind = event.name.kind();
  const Posted posted{event.workshop,
                      {event.name, event.pit, event.job, event.session, seq,
                       std::make_shared<const std::string>(make_frame(kind.name, event.data, seq, now)),
                       kind.latest_only ? static_cast<std::uint64_t>(event.pit.value) : 0}};
  if (event.session.value == 0) keep(channel, posted.delivery, now);
  if (channel.subscribers == 0) return;
  for (std::size_t i = 0; i < shards_.size(); ++i)
    if (shards_[i]->size.load() != 0) post(i, posted);
}

Hub::Channel& Hub::channel_of(WorkshopId workshop) {
  {
    const std::shared_lock lock(channels_mutex_);
    if (const auto found = channels_.find(workshop); found != channels_.end()) return *found->second;
  }
  const std::unique_lock lock(channels_mutex_);
  std::unique_ptr<Channel>& channel = channels_[workshop];
  if (!channel) {
    channel = std::make_unique<Channel>();
    channel->last = channel->forgotten = first_;
  }
  return *channel;
}

void Hub::keep(Channel& channel, const Delivery& delivery, Timestamp now) {
  const auto drop_first = [&channel] {
    const Delivery& first = channel.kept.front().delivery;
    channel.forgotten = first.seq;
    if (first.supersedes != 0) channel.latest.erase(first.supersedes);
    channel.kept.pop_front();
  };
  const auto kept = channel.kept.insert(channel.kept.end(), {delivery, now});
  if (delivery.supersedes != 0) {
    const auto [latest, is_first] = channel.latest.try_emplace(delivery.supersedes, kept);
    if (!is_first) channel.kept.erase(std::exchange(latest->second, kept));
  }
  while (channel.kept.front().at + kKeepFor < now || channel.kept.size() - channel.latest.size() > kKeep) drop_first();
}

void Hub::forget(Channel& channel) {
  channel.forgotten = channel.last;
  channel.kept.clear();
  channel.latest.clear();
}

Missed Hub::since(WorkshopId workshop, std::uint64_t seq) {
  Channel& channel = channel_of(workshop);
  const std::lock_guard lock(channel.mutex);
  if (seq < first_ || seq > channel.last) return {};
  if (seq < channel.forgotten) return {Missed::Outcome::too_old, 0, {}};
  Missed missed{Missed::Outcome::complete, channel.last, {}};
  for (const Channel::Kept& kept : channel.kept)
    if (kept.delivery.seq > seq) missed.deliveries.push_back(kept.delivery);
  return missed;
}

void Hub::post(std::size_t index, Posted posted) {
  Shard& shard = *shards_[index];
  const std::uint64_t supersedes = posted.delivery.supersedes;
  const std::lock_guard lock(shard.mutex);
  const bool is_awake = !shard.mailbox.empty();
  const bool is_behind = shard.mailbox.size() >= kKeepsUp;
  // At the end, so that the order stays that of publishing.
  const auto posted_at = shard.mailbox.insert(shard.mailbox.end(), std::move(posted));
  if (is_behind && supersedes != 0) {
    const auto [latest, is_first] = shard.latest.try_emplace(supersedes, posted_at);
    if (!is_first) {
      shard.mailbox.erase(std::exchange(latest->second, posted_at));
      ++superseded_;
    }
  }
  if (!is_awake) asio::post(runtime_.context(index), [this, index] { deliver_next(index); });
}

// One event a turn: the sockets write in between, so that a burst does not look to
// them as if their peers were slow.
void Hub::deliver_next(std::size_t index) {
  Shard& shard = *shards_[index];
  std::list<Posted> next;
  {
    const std::lock_guard lock(shard.mutex);
    const auto first = shard.mailbox.begin();
    if (const auto latest = shard.latest.find(first->delivery.supersedes);
        latest != shard.latest.end() && latest->second == first)
      shard.latest.erase(latest);
    next.splice(next.begin(), shard.mailbox, first);
    if (!shard.mailbox.empty()) asio::post(runtime_.context(index), [this, index] { deliver_next(index); });
  }
  deliver(shard, next.front());
}

Subscription Hub::subscribe(std::size_t shard, WorkshopId workshop, Subscriber subscriber) {
  Shard& home = *shards_[shard];
  const std::uint64_t key = home.next_key++;
  ++home.size;
  ++subscribers_;
  Channel& channel = channel_of(workshop);
  const std::lock_guard lock(channel.mutex);
  ++channel.subscribers;
  home.by_workshop[workshop].push_back({key, channel.last, std::move(subscriber)});
  return {*this, shard, workshop, key, channel.last};
}

void Hub::deliver(Shard& shard, const Posted& posted) {
  const auto found = shard.by_workshop.find(posted.workshop);
  if (found == shard.by_workshop.end()) return;
  // What was published before it came may still be on its way.
  for (const Entry& entry : found->second)
    if (posted.delivery.seq > entry.since) entry.subscriber(posted.delivery);
}

void Hub::unsubscribe(std::size_t shard, WorkshopId workshop, std::uint64_t key) noexcept {
  Shard& home = *shards_[shard];
  const auto found = home.by_workshop.find(workshop);
  if (found == home.by_workshop.end()) return;
  std::erase_if(found->second, [key](const Entry& entry) { return entry.key == key; });
  if (found->second.empty()) home.by_workshop.erase(found);
  --home.size;
  --subscribers_;
  Channel& channel = channel_of(workshop);
  const std::lock_guard lock(channel.mutex);
  if (--channel.subscribers == 0) channel.watched_until = clock_.now();
}

}  // namespace pitview::live
