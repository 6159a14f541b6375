// A workshop, its jobs and a provider for the stories of what customers are told, in virtual time: the real flows of a
// job, the real outbox and sender, PostgreSQL; only the clock and the provider are the test's.
#pragma once

#include <gmock/gmock.h>

#include "auth/sealed_phone.h"
#include "jobs/job_service.h"
#include "messages/message_sender.h"
#include "pitview/db/testing/migrated_database.h"

namespace pitview::messages {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

inline constexpr crypto::Key256 kDataKey = {3};
inline constexpr Timestamp kTen =
    std::chrono::sys_days(std::chrono::March / 2 / 2026) + hours(4) + minutes(30);  // 10:00 IST

// Takes what it is given, at the time that the test's clock says, or does what it is told.
class Phone final : public MessageProvider {
 public:
  explicit Phone(const Clock& clock) : clock_(clock) {}

  Handed send(const Outgoing& message) override {
    const std::lock_guard lock(mutex_);
    ++calls;
    if (!answers.empty()) {
      const Handed answer = answers.back();
      answers.pop_back();
      if (answer.outcome != Handed::Outcome::taken) return answer;
    }
    // As the workshop's clock shows it: five and a half hours later.
    const auto local = clock_.now() + hours(5) + minutes(30);
    const auto day = std::chrono::floor<days>(local);
    const auto time = std::chrono::floor<minutes>(local - day).count();
    char text[32];
    std::snprintf(text, sizeof text, "%02d %02d:%02d ", static_cast<int>((day - kFirstDay).count()),
                  static_cast<int>(time / 60), static_cast<int>(time % 60));
    got.push_back(text + message.text);
    to.push_back(message.phone);
    keys.push_back(message.key);
    const bool by_whatsapp = has_whatsapp && message.may_be_whatsapp;
    ways.emplace_back(by_whatsapp ? "whatsapp" : "sms");
    return {.outcome = Handed::Outcome::taken,
            .channel = ways.back(),
            .provider_id = provider_id(ways.size()),
            .has_fallback = true,
            .segments = by_whatsapp ? 0 : 2};
  }

  // Of the one that it took as that one, from 1.
  static std::string provider_id(std::size_t number) {
    char text[40];
    std::snprintf(text, sizeof text, "SM%032zu", number);
    return text;
  }

  std::vector<std::string> got;
  std::vector<std::string> to;
  std::vector<std::string> keys;
  std::vector<std::string> ways;
  bool has_whatsapp = false;
  std::vector<Handed> answers;  // from the back
  int calls = 0;

 private:
  static constexpr auto kFirstDay = std::chrono::sys_days(std::chrono::March / 2 / 2026);

  const Clock& clock_;
  std::mutex mutex_;
};

class CustomerStory : public testing::Test {
 protected:
  CustomerStory() {
    database_.db().query(
        "UPDATE workshops SET name = 'Shine', timezone = 'Asia/Kolkata', phone = '+91201' WHERE id = $1", workshop_);
  }
  ~CustomerStory() override { run(database_pools_.close()); }

  template <class T>
  static Awaitable<> keep(Awaitable<T> work, std::optional<T>& result) {
    result.emplace(co_await std::move(work));
  }
  template <class T>
  T run(Awaitable<T> work) {
    std::optional<T> result;
    run(keep(std::move(work), result));
    return std::move(*result);
  }
  void run(Awaitable<> work) {
    std::optional<std::exception_ptr> outcome;
    asio::co_spawn(io(), std::move(work), [&](std::exception_ptr failure) { outcome = failure; });
    io().restart();
    while (!outcome) io().run_one_for(seconds(30));
    if (*outcome) std::rethrow_exception(*outcome);
  }
  asio::io_context& io() { return runtime_.context(0); }

  JobId book(std::optional<bool> agrees = true) {
    auto created = run(jobs_.create(actor(), {.customer_name = "Ravi",
                                              .customer_phone = "+919876543210",
                                              .car_model = "Harrier",
                                              .car_plate = "MH12AB1234",
                                              .pit = pit_,
                                              .work_type = "Full body",
                                              .estimated_duration_minutes = 360,
                                              .consents = {.messages = agrees}}));
    EXPECT_TRUE(created) << created.error().detail;
    const JobId job = created->job.job_id;
    database_.db().query("DELETE FROM job_stages WHERE job_id = $1", job);
    int position = 0;
    for (const char* name : {"Washing", "Film", "Finish"})
      database_.db().query(
          "INSERT INTO job_stages (workshop_id, job_id, position, name, weight, sentence) VALUES ($1, $2, $3, $4, 1, "
          "$5)",
          workshop_, job, ++position, name, std::string("We do: ") + name + ".");
    return job;
  }
  audit::Actor actor() const { return {.principal = owner_, .request_id = "test", .ip = ""}; }
  void set_status(JobId job, jobs::JobStatus status) { ok(run(jobs_.set_status(actor(), job, status, {}))); }
  void set_stage(JobId job, int stage) { ok(run(jobs_.set_stage(actor(), job, stage, {}))); }
  void set_end(JobId job, Timestamp end, std::optional<std::string> reason = {}) {
    ok(run(jobs_.set_end_time(actor(), job, end, std::move(reason))));
  }
  static void ok(const Result<jobs::Job>& done) { ASSERT_TRUE(done) << done.error().detail; }

  // Goes on by so much, sending what is due every `step`.
  void go_on(std::chrono::microseconds time, seconds step = minutes(1)) {
    const Timestamp end = clock_.now() + time;
    while (clock_.now() < end) {
      clock_.advance(std::min<std::chrono::microseconds>(step, end - clock_.now()));
      send();
    }
  }
  void send() {
    while (run(sender_.step()) > 0) continue;
  }
  // "Mon 10:00 Hello …": what has come since the last call.
  std::vector<std::string> got() { return std::exchange(phone_.got, {}); }
  std::vector<std::string> history(JobId job) {
    std::vector<std::string> lines;
    for (const Message& message : run(messages_.of_job(workshop_, job, {}, 100)))
      lines.push_back(message.kind + " " + message.status + (message.reason ? ": " + *message.reason : ""));
    std::reverse(lines.begin(), lines.end());
    return lines;
  }

  db::testing::MigratedDatabase database_;
  WorkshopId workshop_ = database_.add_workshop("workshop_001");
  PitId pit_ = database_.add_pit(workshop_, 1);
  Principal owner_{.user = database_.add_user(workshop_, "owner", "owner"), .workshop = workshop_, .role = Role::owner};
  ManualClock clock_{kTen};
  Runtime runtime_{1};
  app::Database database_pools_{runtime_, {.conninfo = database_.app(), .size = 4}};
  CpuPool cpu_{1, 8};
  live::Hub hub_{runtime_, clock_};
  jobs::JobsRepository jobs_repository_{database_pools_};
  jobs::JobConditionsService conditions_{database_pools_, clock_};
  customers::TrackingLinks links_{database_pools_, "https://pit.example", kDataKey};
  Outbox outbox_{kDataKey};
  jobs::JobService jobs_{{jobs_repository_, conditions_, links_, cpu_, hub_, clock_, kDataKey, outbox_}};
  MessagesRepository messages_{database_pools_};
  Phone phone_{clock_};
  MessageSender sender_{io().get_executor(),
                        {messages_,
                         phone_,
                         clock_,
                         kDataKey,
                         "https://pit.example/t/",
                         std::chrono::minutes(5),
                         {.sms_segment_paise = 25, .whatsapp_paise = 12}}};
};

}  // namespace pitview::messages
