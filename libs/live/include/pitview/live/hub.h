// Publish and subscribe for what happens now, inside one server process.
//
// An event is serialised once; every subscriber gets the same bytes. There is a
// shard per network thread: subscribers live on one shard and are called on its
// thread, so that neither they nor the hub need a lock for them. Who comes asks
// the database first (the snapshot); who was away for a moment asks since().
//
// publish() may be called from any thread. The events of a workshop have numbers
// that rise and reach every subscriber in that order.
//
// Bounded whatever the rate: of events of which only the latest counts
// (EventKind::latest_only) a shard that has fallen behind keeps one per pit; the
// others, which a person causes, are few and never dropped. Of a workshop that
// somebody watches, or did until a moment ago, the events of the last minutes
// are kept: the latest reading of each pit and a few hundred others.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pitview/async/runtime.h"
#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"
#include "pitview/live/events.h"

namespace pitview::live {

struct Event {
  EventName name;
  WorkshopId workshop;
  PitId pit;           // 0: concerns no single pit
  JobId job;           // 0: concerns no job
  SessionId session;   // 0: not for one session alone
  std::string data;    // JSON of the event's `data`
  DeviceKey device{};  // 0: comes from no device
};

// What a subscriber gets. `frame` is the whole message as sent to a browser:
// {"event":…,"data":…,"seq":…,"ts":…} (decision D24).
struct Delivery {
  EventName name;
  PitId pit;
  JobId job;
  SessionId session;
  std::uint64_t seq;
  std::shared_ptr<const std::string> frame;
  std::uint64_t supersedes;  // what waits with the same number is worthless now; 0: nothing is
};

// What a subscriber that was away has missed.
struct Missed {
  enum class Outcome {
    complete,
    unknown,  // that number is none of ours: it is of another server, or of this one before a restart
    too_old,  // something that came after it is not kept any more
  };
  Outcome outcome = Outcome::unknown;
  std::uint64_t last = 0;            // the number that `deliveries` go up to
  std::vector<Delivery> deliveries;  // in order; of readings the latest of each pit
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

  // Every event with a greater number is delivered to the subscriber, no other one.
  std::uint64_t since() const noexcept { return since_; }

 private:
  friend class Hub;
  Subscription(Hub& hub, std::size_t shard, WorkshopId workshop, std::uint64_t key, std::uint64_t since)
      : hub_(&hub), shard_(shard), workshop_(workshop), key_(key), since_(since) {}
  void reset() noexcept;

  Hub* hub_ = nullptr;
  std::size_t shard_ = 0;
  WorkshopId workshop_;
  std::uint64_t key_ = 0;
  std::uint64_t since_ = 0;
};

class Hub {
 public:
  // How long and how many events of a workshop are kept for who was away; readings,
  // of which the latest of each pit is kept, do not count.
  static constexpr std::chrono::minutes kKeepFor{10};
  static constexpr std::size_t kKeep = 256;
  // So many events a shard may fall behind before the latest ones take the place
  // of those before them.
  static constexpr std::size_t kKeepsUp = 1024;

  using Subscriber = std::function<void(const Delivery&)>;

  // Hears of every event that this process publishes, on the publishing thread;
  // for passing events on to other servers.
  using Relay = std::function<void(const Event&)>;

  // `generation`, up to kMaxGeneration, is another one in every process that browsers
  // may connect to, so that none takes the numbers of another one for its own.
  static constexpr std::uint32_t kMaxGeneration = (1U << 21U) - 1;  // numbers stay exact in JavaScript: 53 bits
  Hub(Runtime& runtime, const Clock& clock, std::uint32_t generation = 0);

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

  // The events of `workshop` after number `seq`; not those for one session.
  Missed since(WorkshopId workshop, std::uint64_t seq);

  std::size_t subscribers() const noexcept { return subscribers_.load(); }
  // A subscriber left out so many events that newer ones took the place of.
  void note_superseded(std::size_t events) noexcept { superseded_ += events; }
  // Events that a newer one took the place of because a thread or a peer had
  // fallen behind.
  std::uint64_t superseded() const noexcept { return superseded_.load(); }

 private:
  friend class Subscription;
  struct Entry {
    std::uint64_t key;
    std::uint64_t since;
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

  // One workshop's.
  struct Channel {
    std::mutex mutex;
    std::uint64_t last;  // number of the newest event
    std::size_t subscribers = 0;
    Timestamp watched_until{};  // when the last subscriber went
    struct Kept {
      Delivery delivery;
      Timestamp at;
    };
    std::list<Kept> kept;
    std::unordered_map<std::uint64_t, std::list<Kept>::iterator> latest;  // by Delivery::supersedes
    std::uint64_t forgotten;  // of what has this number or a smaller one, something is not kept
  };

  Channel& channel_of(WorkshopId workshop);
  static void keep(Channel& channel, const Delivery& delivery, Timestamp now);
  static void forget(Channel& channel);
  void post(std::size_t shard, Posted posted);
  void deliver_next(std::size_t shard);
  void deliver(Shard& shard, const Posted& posted);
  void unsubscribe(std::size_t shard, WorkshopId workshop, std::uint64_t key) noexcept;

  Runtime& runtime_;
  const Clock& clock_;
  std::vector<std::unique_ptr<Shard>> shards_;
  const std::uint64_t first_;  // numbers begin after it
  std::shared_mutex channels_mutex_;
  std::unordered_map<WorkshopId, std::unique_ptr<Channel>> channels_;
  std::atomic<std::size_t> subscribers_ = 0;
  std::atomic<std::uint64_t> superseded_ = 0;
  Relay relay_;
};

}  // namespace pitview::live
