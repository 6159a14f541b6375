// Publish and subscribe for what happens now, inside one server process.
//
// An event is serialised once; every subscriber gets the same bytes. There is a
// shard per network thread: subscribers live on one shard and are called on its
// thread, so that neither they nor the hub need a lock for them. The hub keeps
// nothing: who comes later asks the database first (the snapshot).
//
// publish() may be called from any thread. Events of one publishing thread reach
// a subscriber in the order they were published.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
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
  PitId pit;          // 0: concerns no single pit
  JobId job;          // 0: concerns no job
  SessionId session;  // 0: not for one session alone
  std::string data;   // JSON of the event's `data`
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
  using Subscriber = std::function<void(const Delivery&)>;

  Hub(Runtime& runtime, const Clock& clock);

  void publish(Event event);

  // Calls `subscriber` for every event of `workshop` from now on. It decides for
  // itself what its user may see. Only on the thread of `shard` (the index of the
  // io_context it runs on); the hub must outlive the subscription, and a subscriber
  // does not end its own subscription from inside the call.
  [[nodiscard]] Subscription subscribe(std::size_t shard, WorkshopId workshop, Subscriber subscriber);

  std::size_t subscribers() const noexcept { return subscribers_.load(); }
  std::uint64_t last_seq() const noexcept { return seq_.load(); }

 private:
  friend class Subscription;
  struct Entry {
    std::uint64_t key;
    Subscriber subscriber;
  };
  struct Shard {
    std::unordered_map<WorkshopId, std::vector<Entry>> by_workshop;
    std::uint64_t next_key = 1;
    std::atomic<std::size_t> size = 0;
  };

  void deliver(Shard& shard, WorkshopId workshop, const Delivery& delivery);
  void unsubscribe(std::size_t shard, WorkshopId workshop, std::uint64_t key) noexcept;

  Runtime& runtime_;
  const Clock& clock_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::atomic<std::uint64_t> seq_ = 0;
  std::atomic<std::size_t> subscribers_ = 0;
};

}  // namespace pitview::live
