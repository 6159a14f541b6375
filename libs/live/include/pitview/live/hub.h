// Publish and subscribe for what happens now, inside one server process.
//
// An event is serialised once; every subscriber gets the same bytes. There is a
// shard per network thread: subscribers live on one shard and are called on its
// thread, so that neither they nor the hub need a lock for them. The hub keeps
// nothing: who comes later asks the database first (the snapshot).
//
// publish() may be called from any thread. Events of one publishing thread reach
// a subscriber in the order they were published.
//
// Bounded whatever the rate: of events of which only the latest counts
// (Event::latest_only) a shard that has fallen behind keeps one per pit; the
// others, which a person causes, are few and never dropped.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pitview/async/runtime.h"
#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::live {

struct Event {
  std::string_view name;  // static text: "sensor_update", "job_status", …
  WorkshopId workshop;
  PitId pit;                 // 0: concerns no single pit
  JobId job;                 // 0: concerns no job
  SessionId session;         // 0: not for one session alone
  std::string data;          // JSON of the event's `data`
  DeviceKey device{};        // 0: comes from no device
  bool latest_only = false;  // a newer one of the same pit makes it worthless
};

// What a subscriber gets. `frame` is the whole message as sent to a browser:
// {"event":…,"data":…,"seq":…,"ts":…} (decision D24).
struct Delivery {
  std::string_view name;
  PitId pit;
  JobId job;
  SessionId session;
  std::uint64_t seq;
  std::shared_ptr<const std::string> frame;
  std::uint64_t supersedes;  // what waits with the same number is worthless now; 0: nothing is
};

std::string make_frame(std::string_view name, std::string_view data_json, std::uint64_t seq, Timestamp now);

class Hub;

// Ends the subscription when destroyed. On the thread of its shard.
class Subscription {
 public:
  Subscription() = default;
  Subscription(Subscription&& other) noexcept;
  Subscription& operator=(Subscription&& other) noexcept;
  ~Subscription();

 private:
  friend class Hub;
  Subscription(Hub& hub, std::size_t shard, WorkshopId workshop, std::uint64_t key)
      : hub_(&hub), shard_(shard), workshop_(workshop), key_(key) {}
  void reset() noexcept;

  Hub* hub_ = nullptr;
  std::size_t shard_ = 0;
  WorkshopId workshop_;
  std::uint64_t key_ = 0;
};

class Hub {
 public:
  // So many events a shard may fall behind before the latest ones take the place
  // of those before them.
  static constexpr std::size_t kKeepsUp = 1024;

  using Subscriber = std::function<void(const Delivery&)>;

  // Hears of every event that this process publishes, on the publishing thread;
  // for passing events on to other servers.
  using Relay = std::function<void(const Event&)>;

  Hub(Runtime& runtime, const Clock& clock);

  // Before the first publish().
  void set_relay(Relay relay) { relay_ = std::move(relay); }

  void publish(Event event);
  // What another server has published: goes to the subscribers, not to the relay.
  void publish_relayed(Event event);

  // Calls `subscriber` for every event of `workshop` from now on. It decides for
  // itself what its user may see. Only on the thread of `shard` (the index of the
  // io_context it runs on); the hub must outlive the subscription, and a subscriber
  // does not end its own subscription from inside the call.
  [[nodiscard]] Subscription subscribe(std::size_t shard, WorkshopId workshop, Subscriber subscriber);

  std::size_t subscribers() const noexcept { return subscribers_.load(); }
  std::uint64_t last_seq() const noexcept { return seq_.load(); }
  // A subscriber left out so many events that newer ones took the place of.
  void note_superseded(std::size_t events) noexcept { superseded_ += events; }
  // Events that a newer one took the place of because a thread or a peer had
  // fallen behind.
  std::uint64_t superseded() const noexcept { return superseded_.load(); }

 private:
  friend class Subscription;
  struct Entry {
    std::uint64_t key;
    Subscriber subscriber;
  };
  struct Posted {
    WorkshopId workshop;
    Delivery delivery;
  };
  struct Shard {
    // On its own thread only.
    std::unordered_map<WorkshopId, std::vector<Entry>> by_workshop;
    std::uint64_t next_key = 1;
    std::atomic<std::size_t> size = 0;
    // Under the mutex: what other threads have published and it has not delivered.
    std::mutex mutex;
    std::list<Posted> mailbox;
    std::unordered_map<std::uint64_t, std::list<Posted>::iterator> latest;  // by Delivery::supersedes
  };

  void post(std::size_t shard, Posted posted);
  void deliver_next(std::size_t shard);
  void deliver(Shard& shard, const Posted& posted);
  void unsubscribe(std::size_t shard, WorkshopId workshop, std::uint64_t key) noexcept;

  Runtime& runtime_;
  const Clock& clock_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::atomic<std::uint64_t> seq_ = 0;
  std::atomic<std::size_t> subscribers_ = 0;
  std::atomic<std::uint64_t> superseded_ = 0;
  Relay relay_;
};

}  // namespace pitview::live
