// Updates of the firmware:
//
//   idle → (offer) → delay → downloading → (restart) → pending verify → idle
//                                                    ↘ (self-test fails) → rolled back
//
// The offer's signature is checked before the download, the hash after it; a version
// that is not newer is never taken, nor one that was rolled back here before. What was
// tried is on flash before the restart, so that the outcome is known after it, and is
// reported until the server has it.
//
// One thread, no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/http_client.h"
#include "core/base/jitter.h"
#include "core/base/json_request.h"
#include "core/identity/identity.h"
#include "core/ota/ota_state.h"
#include "core/ota/release.h"
#include "core/ota/self_test.h"
#include "core/ports.h"

namespace pitview::fw {

class OtaManager {
 public:
  static constexpr std::uint32_t kCheckMs = 3'600'000;   // ± 10 %
  static constexpr std::uint32_t kMaxDelayMs = 900'000;  // before the download, uniform from 0
  static constexpr std::uint32_t kStallMs = 60'000;      // a download without a byte
  static constexpr std::uint32_t kReportRetryMs = 60'000;

  OtaManager(OtaPort& port, HttpClient& http, KvPort& settings, CryptoPort& crypto, RandomPort& random,
             SystemPort& system, const Identity& identity)
      : port_(port),
        http_(http),
        request_(http),
        kv_(settings),
        crypto_(crypto),
        random_(random),
        system_(system),
        identity_(identity) {}

  // Finds out how the last update ended.
  void start(std::uint64_t now_ms);

  // `may_update`: the device has an account and a connection, so that the self-test can pass.
  void tick(std::uint64_t now_ms, bool may_update, const SelfTestFacts& facts);
  std::uint64_t next_due_ms() const;

  OtaState state() const;
  // The sensor worked when the update was begun (true when none was).
  bool sensor_worked_before() const { return trial_.sensor_worked != 0; }

 private:
  enum class Step : std::uint8_t { idle, checking, delayed, downloading, restarting, verifying, reporting };
  enum class Outcome : std::uint8_t { none, loading, trying, installed, rolled_back, failed };

  // On flash: the last update that was tried.
  struct Trial {
    FixedString<40> release_id;
    FixedString<32> version;
    FixedString<32> detail;
    Outcome outcome = Outcome::none;
    std::uint8_t reported = 1;
    std::uint8_t sensor_worked = 1;
  };

  void check(std::uint64_t now_ms);
  void take_offer(std::uint64_t now_ms);
  void begin_download(std::uint64_t now_ms, bool sensor_works);
  void download(std::uint64_t now_ms);
  void install(std::uint64_t now_ms);
  void fail(std::uint64_t now_ms, std::string_view detail);
  void verify(std::uint64_t now_ms, const SelfTestFacts& facts);
  void report(std::uint64_t now_ms);
  void take_report_answer(std::uint64_t now_ms);
  void schedule_check(std::uint64_t now_ms);
  bool keep_outcome(Outcome outcome, std::string_view detail);
  bool report_waits() const;

  OtaPort& port_;
  HttpClient& http_;
  JsonRequest request_;
  KvPort& kv_;
  CryptoPort& crypto_;
  RandomPort& random_;
  SystemPort& system_;
  const Identity& identity_;

  Step step_ = Step::idle;
  Trial trial_;
  std::optional<Release> offer_;
  std::uint64_t due_ms_ = 0;  // of the check, the delay, the stall, the verdict
  std::uint64_t report_due_ms_ = 0;
  std::uint32_t received_ = 0;
};

}  // namespace pitview::fw
