// Feeds the engine: live readings, which devices and cameras are there, how the machine
// is; by the rules and pits as the database has them. What comes of it goes to the writer.
//
// It runs on the one server that looks after devices. One thread, that of `executor`, except
// where it says otherwise.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "alerts/alert_rules_repository.h"
#include "alerts/alert_writer.h"
#include "alerts/machine_probe.h"
#include "telemetry/device_directory.h"
#include "telemetry/reading_watcher.h"

namespace pitview::alerts {

// Whether a camera is there, and since when.
struct WatchedCamera {
  bool online = false;
  Timestamp since;
};

// What the monitor knows of a pit in use.
struct WatchedPlace {
  WorkshopId workshop;
  bool has_camera = false;
  bool device_seen = false;
  Timestamp watched_since{};
  Timestamp heard_at{};         // its device, as of the last look
  std::uint64_t looked_at = 0;  // the last look that found a device there
};

class AlertMonitor final : public telemetry::ReadingWatcher {
 public:
  struct Parts {
    AlertsRepository& alerts;
    AlertRulesRepository& rules;
    const telemetry::DeviceDirectory& directory;
    AlertWriter& writer;
    AlertMetrics& metrics;
    const Clock& clock;
    // Whether what devices say reaches us: their silence means nothing otherwise.
    std::function<bool()> hears;
    std::chrono::milliseconds look_every = std::chrono::seconds(1);
  };
  AlertMonitor(asio::any_io_executor executor, Parts parts);

  // Reads pits, rules and open alerts. Throws when the database is away.
  Awaitable<> load();
  void start();
  Awaitable<> stop();

  void shown(const telemetry::Reading& reading) override;

  // From any thread: a camera came or went; empty: nobody wants its pictures, so nobody knows.
  void camera(PitId pit, std::optional<bool> online);
  // From any thread: rules or pits have changed, or somebody has taken notice of an alert; look again now.
  void changed();

  // From any thread.
  std::size_t open() const noexcept { return open_.load(); }
  std::uint64_t held_back() const noexcept { return held_back_.load(); }

 private:
  Awaitable<std::vector<StoredOpenAlert>> read_places();
  void take_places(const std::vector<WatchedPit>& pits, const std::vector<ScopedRule>& rules);
  Awaitable<> keep_fresh();
  Awaitable<> wait_for_refresh();
  Awaitable<> watch();
  void look(Timestamp now);
  void look_at_devices(Timestamp now);
  void look_at(const telemetry::Device& device, WatchedPlace& place, Timestamp now);
  void look_at_cameras(Timestamp now);
  void look_at_machine(Timestamp now);
  void forget_device(PitId pit, Timestamp now);
  void take(AlertTransition transition);

  Parts parts_;
  asio::any_io_executor executor_;
  AlertEngine engine_;
  MachineProbe machine_;
  std::unordered_map<PitId, WatchedPlace> places_;
  // Told when it changes and never again, so it is kept whether or not the pit is known yet.
  std::unordered_map<PitId, WatchedCamera> cameras_;
  std::uint64_t looks_ = 0;
  std::optional<Timestamp> hears_since_;
  Timestamp machine_due_{};
  TaskGroup tasks_;
  asio::steady_timer refresh_;
  bool refresh_due_ = false;
  std::atomic<std::size_t> open_ = 0;
  std::atomic<std::uint64_t> held_back_ = 0;
};

}  // namespace pitview::alerts
