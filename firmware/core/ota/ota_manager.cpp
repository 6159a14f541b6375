#include "core/ota/ota_manager.h"

#include "core/base/sealed_record.h"

namespace pitview::fw {
namespace {

constexpr std::string_view kKey = "ota";
constexpr std::uint8_t kVersion = 1;

}  // namespace

void OtaManager::start(std::uint64_t now_ms) {
  if (const auto kept = load_record<Trial>(kv_, kKey, kVersion)) trial_ = *kept;
  due_ms_ = now_ms + random_up_to(random_, kMaxDelayMs);

  const bool runs_what_was_tried = port_.running_version() == trial_.version.view();
  const bool was_under_way = trial_.outcome == Outcome::loading || trial_.outcome == Outcome::trying;
  if (port_.pending_verify()) {
    // Kept at once: should this image crash, the old one must know that it was tried.
    if (trial_.outcome == Outcome::loading && runs_what_was_tried) keep_outcome(Outcome::trying, "");
    step_ = Step::verifying;
    due_ms_ = now_ms + kSelfTestMs;
  } else if (was_under_way && runs_what_was_tried) {
    keep_outcome(Outcome::installed, "");
  } else if (trial_.outcome == Outcome::trying) {
    keep_outcome(Outcome::rolled_back, "restarted_in_self_test");
  } else if (trial_.outcome == Outcome::loading) {
    keep_outcome(Outcome::failed, "interrupted");
  }
}

void OtaManager::tick(std::uint64_t now_ms, bool may_update, const SelfTestFacts& facts) {
  switch (step_) {
    case Step::idle:
      if (report_waits() && now_ms >= report_due_ms_) {
        report(now_ms);
      } else if (may_update && now_ms >= due_ms_) {
        check(now_ms);
      }
      return;
    case Step::checking: return take_offer(now_ms);
    case Step::delayed:
      if (may_update && now_ms >= due_ms_ && !http_.busy()) begin_download(now_ms, facts.sensor_works);
      return;
    case Step::downloading: return download(now_ms);
    case Step::restarting: return;
    case Step::verifying: return verify(now_ms, facts);
    case Step::reporting: return take_report_answer(now_ms);
  }
}

void OtaManager::check(std::uint64_t now_ms) {
  Text<256> url;
  url << identity_.api_url.view() << "/api/device/ota?version=" << port_.running_version();
  if (!request_.start(request_as(identity_, HttpRequest::Method::get, url.view()))) return schedule_check(now_ms);
  step_ = Step::checking;
}

void OtaManager::take_offer(std::uint64_t now_ms) {
  const auto answer = request_.poll();
  if (!answer) return;
  step_ = Step::idle;
  schedule_check(now_ms);
  if (answer->status != 200) return;  // 204: nothing new; everything else: the next check will tell

  const auto release = parse_release(answer->body, identity_.hw_rev.view(), crypto_);
  if (!release) return system_.log("ota: offer refused: not as agreed, or not signed");
  const auto offered = Version::parse(release->version.view());
  const auto running = Version::parse(port_.running_version());
  if (!offered || !running || !(*running < *offered)) return system_.log("ota: offer refused: not newer");
  if (trial_.outcome == Outcome::rolled_back && trial_.release_id.view() == release->id.view()) return;

  offer_ = release;
  step_ = Step::delayed;
  due_ms_ = now_ms + random_up_to(random_, kMaxDelayMs);
}

void OtaManager::begin_download(std::uint64_t now_ms, bool sensor_works) {
  trial_.release_id = offer_->id;
  trial_.version = offer_->version;
  trial_.sensor_worked = sensor_works ? 1 : 0;
  received_ = 0;
  if (!keep_outcome(Outcome::loading, "")) return fail(now_ms, "settings_refused");
  if (!port_.begin(offer_->size)) return fail(now_ms, "slot_refused");
  if (!http_.start(this, request_as(identity_, HttpRequest::Method::get, offer_->url.view()))) {
    port_.abort();
    return fail(now_ms, "no_connection");
  }
  crypto_.sha256_begin();
  step_ = Step::downloading;
  due_ms_ = now_ms + kStallMs;
}

void OtaManager::download(std::uint64_t now_ms) {
  const auto stop = [&](std::string_view why) {
    http_.cancel(this);
    port_.abort();
    fail(now_ms, why);
  };
  HttpEvent event;
  while (http_.next(this, event)) {
    due_ms_ = now_ms + kStallMs;
    switch (event.kind) {
      case HttpEvent::Kind::head:
        if (event.status != 200) return stop("image_refused");
        break;
      case HttpEvent::Kind::body:
        if (event.body.size > offer_->size - received_) return stop("image_too_long");
        received_ += static_cast<std::uint32_t>(event.body.size);
        crypto_.sha256_add(event.body);
        if (!port_.write(event.body)) return stop("slot_refused");
        break;
      case HttpEvent::Kind::failed: return stop("cut_off");
      case HttpEvent::Kind::done:
        if (received_ != offer_->size) return stop("image_too_short");
        if (crypto_.sha256_end() != offer_->sha256) return stop("wrong_hash");
        return install(now_ms);
    }
  }
  if (now_ms >= due_ms_) stop("stalled");
}

void OtaManager::install(std::uint64_t now_ms) {
  if (!port_.finish()) {
    port_.abort();
    return fail(now_ms, "image_not_signed");
  }
  // From here on the boot loader starts the new image. Without the note an image that
  // crashes would be fetched again and again, so there is no restart without it.
  if (!keep_outcome(Outcome::trying, "")) return fail(now_ms, "settings_refused");
  step_ = Step::restarting;
  system_.log("ota: restarting into the new image");
  system_.restart();
}

void OtaManager::fail(std::uint64_t now_ms, std::string_view detail) {
  keep_outcome(Outcome::failed, detail);
  offer_.reset();
  step_ = Step::idle;
  schedule_check(now_ms);
}

void OtaManager::verify(std::uint64_t now_ms, const SelfTestFacts& facts) {
  const std::string_view missing = self_test_missing(facts);
  if (missing.empty()) {
    if (port_.mark_valid()) {
      keep_outcome(Outcome::installed, "");
      step_ = Step::idle;
      return schedule_check(now_ms);
    }
  } else if (now_ms < due_ms_) {
    return;
  }
  keep_outcome(Outcome::rolled_back, missing.empty() ? "mark_refused" : missing);
  step_ = Step::restarting;
  system_.log("ota: self-test failed, going back");
  port_.roll_back_and_restart();
}

void OtaManager::report(std::uint64_t now_ms) {
  report_due_ms_ = now_ms + kReportRetryMs;
  Text<256> url;
  url << identity_.api_url.view() << "/api/device/ota/reports";
  const char* state = trial_.outcome == Outcome::installed     ? "installed"
                      : trial_.outcome == Outcome::rolled_back ? "rolled_back"
                                                               : "failed";
  Text<256> body;
  body << "{\"release_id\":";
  body.json_string(trial_.release_id.view()) << ",\"state\":\"" << state << "\",\"detail\":";
  body.json_string(trial_.detail.view()) << '}';
  HttpRequest request = request_as(identity_, HttpRequest::Method::post, url.view());
  request.body = body.view();
  if (request_.start(request)) step_ = Step::reporting;
}

void OtaManager::take_report_answer(std::uint64_t now_ms) {
  const auto answer = request_.poll();
  if (!answer) return;
  step_ = Step::idle;
  report_due_ms_ = now_ms + kReportRetryMs;
  const bool taken = answer->status >= 200 && answer->status < 300;
  const bool never = answer->status == 404 || answer->status == 422;  // a release the server does not know
  if (!taken && !never) return;
  trial_.reported = 1;
  (void)save_record(kv_, kKey, kVersion, trial_);  // else it is reported again after a restart
}

bool OtaManager::report_waits() const {
  return trial_.reported == 0 && trial_.outcome != Outcome::loading && trial_.outcome != Outcome::trying &&
         trial_.outcome != Outcome::none;
}

void OtaManager::schedule_check(std::uint64_t now_ms) { due_ms_ = now_ms + jittered(random_, kCheckMs, 10); }

bool OtaManager::keep_outcome(Outcome outcome, std::string_view detail) {
  trial_.outcome = outcome;
  trial_.detail.assign(detail);
  trial_.reported = 0;
  return save_record(kv_, kKey, kVersion, trial_);
}

OtaState OtaManager::state() const {
  switch (step_) {
    case Step::downloading:
    case Step::restarting: return OtaState::downloading;
    case Step::verifying: return OtaState::pending_verify;
    default: return OtaState::idle;
  }
}

std::uint64_t OtaManager::next_due_ms() const {
  switch (step_) {
    case Step::idle: return report_waits() && report_due_ms_ < due_ms_ ? report_due_ms_ : due_ms_;
    case Step::delayed:
    case Step::downloading:
    case Step::verifying: return due_ms_;
    default: return UINT64_MAX;
  }
}

}  // namespace pitview::fw
