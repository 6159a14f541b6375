#include "messages/messages_repository.h"

#include <array>

#include "messages/message_texts.h"
#include "pitview/json/describe.h"

namespace pitview::messages {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Statement;

constexpr Statement kClaim{"claim_messages", R"sql(
  SELECT id, workshop_id, job_id, kind, is_urgent, secrets_sealed, due_at, pointless_at, attempts, allowed_at, is_over_cap,
    language, own_words, workshop_name, workshop_phone, is_customer, is_away, name, phone_sealed, email, agreed, link_sealed,
    car_model, work_type, job_status, held, is_last_stage, is_rated, stage, sentence, ends_text, time_reason, whatsapp_receipt,
    pit_number, alert_type, alert_severity, alert_value, alert_message, alert_over, alert_noticed
  FROM platform.claim_messages($1, make_interval(secs => $2), $3))sql"};
constexpr Statement kEnd{"end_message", "SELECT platform.end_message($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"};
constexpr Statement kAwait{"await_receipt", "SELECT platform.await_receipt($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr Statement kPutOff{"put_message_off", "SELECT platform.put_message_off($1, $2, $3, $4, $5)"};
constexpr Statement kNoteReceipt{"note_receipt",
                                 "SELECT phone_lookup FROM platform.note_receipt($1, $2, $3, $4, $5, $6, $7)"};
constexpr Statement kSetWanted{"set_messages_wanted", "SELECT platform.set_messages_wanted($1, $2, $3, $4)"};
constexpr Statement kOfJob{"messages_of_job", R"sql(
  SELECT id, job_id, kind, status, channel, reason, text_shown, attempts, sms_segments, cost_paise, created_at, due_at, ended_at
  FROM messages
  WHERE job_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3)sql"};

constexpr std::array kStatements = {kClaim, kEnd, kAwait, kPutOff, kNoteReceipt, kSetWanted, kOfJob};

std::optional<std::string> or_null(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

std::string text_of(const Row& row, std::string_view column) {
  return row.get<std::optional<std::string>>(column).value_or("");
}

Claimed claimed_of(const Row& row) {
  Claimed claimed{.id = row.get<MessageId>("id"),
                  .workshop = row.get<WorkshopId>("workshop_id"),
                  .job = row.get<std::optional<JobId>>("job_id"),
                  .attempt = row.get<int>("attempts"),
                  .due = row.get<Timestamp>("due_at"),
                  .situation = {},
                  .language = row.get<std::string>("language"),
                  .own_words = row.get<std::optional<std::string>>("own_words"),
                  .secrets = row.get<std::optional<Bytes>>("secrets_sealed"),
                  .phone = row.get<std::optional<Bytes>>("phone_sealed"),
                  .link = row.get<std::optional<Bytes>>("link_sealed"),
                  .email = text_of(row, "email"),
                  .customer = row.get<std::string>("name"),
                  .workshop_name = row.get<std::string>("workshop_name"),
                  .workshop_phone = row.get<std::string>("workshop_phone"),
                  .car = text_of(row, "car_model"),
                  .work = text_of(row, "work_type"),
                  .stage = text_of(row, "stage"),
                  .sentence = text_of(row, "sentence"),
                  .ready = text_of(row, "ends_text"),
                  .reason = text_of(row, "time_reason"),
                  .whatsapp = {}};
  if (const auto pit = row.get<std::optional<int>>("pit_number")) claimed.pit = std::to_string(*pit);
  if (const auto type = row.get<std::optional<std::string>>("alert_type"))
    claimed.alert = alert_sentence({.type = *type,
                                    .value = row.get<std::optional<double>>("alert_value"),
                                    .message = text_of(row, "alert_message")},
                                   claimed.language);
  if (const auto said = row.get<std::optional<std::string>>("whatsapp_receipt"))
    claimed.whatsapp = json::enum_from_name<messaging::ReceiptStatus>(*said);
  claimed.situation = {.kind = message_kind_from(row.get<std::string>("kind")),
                       .is_urgent = row.get<bool>("is_urgent"),
                       .pointless = row.get<std::optional<Timestamp>>("pointless_at"),
                       .allowed = row.get<Timestamp>("allowed_at"),
                       .is_over_cap = row.get<bool>("is_over_cap"),
                       .is_customer = row.get<bool>("is_customer"),
                       .is_away = row.get<bool>("is_away"),
                       .agreed = row.get<bool>("agreed"),
                       .can_be_reached = claimed.phone.has_value() || !claimed.email.empty(),
                       .job = jobs::job_status_from(text_of(row, "job_status")),
                       .is_held = row.get<std::optional<bool>>("held").value_or(false),
                       .is_last_stage = row.get<bool>("is_last_stage"),
                       .is_rated = row.get<bool>("is_rated"),
                       .alert_is_over = row.get<std::optional<bool>>("alert_over").value_or(false),
                       .alert_is_noticed = row.get<std::optional<bool>>("alert_noticed").value_or(false)};
  return claimed;
}

}  // namespace

std::span<const Statement> message_statements() { return kStatements; }

Awaitable<std::vector<Claimed>> MessagesRepository::claim(Timestamp now, std::chrono::seconds lease, int limit) {
  std::vector<Claimed> all;
  auto tx = co_await database_.here().begin_platform();
  for (const Row row : co_await tx.query_and_commit(kClaim, now, static_cast<double>(lease.count()), limit))
    all.push_back(claimed_of(row));
  co_return all;
}

Awaitable<bool> MessagesRepository::end(const Claimed& message, Timestamp now, Ended ended) {
  auto tx = co_await database_.here().begin_platform();
  const auto rows = co_await tx.query_and_commit(
      kEnd, message.id, message.attempt, now, std::string(name_of(ended.status)), or_null(std::move(ended.reason)),
      or_null(std::move(ended.channel)), or_null(std::move(ended.provider_id)), or_null(std::move(ended.text)),
      ended.segments, ended.cost_paise);
  co_return rows[0].get<bool>(0);
}

Awaitable<bool> MessagesRepository::await_receipt(const Claimed& message, Timestamp now, Awaited awaited) {
  auto tx = co_await database_.here().begin_platform();
  const auto reason = awaited.fallback_at ? or_null("WhatsApp has it. An SMS follows unless it says that it arrived.")
                                          : std::optional<std::string>();
  const auto rows = co_await tx.query_and_commit(kAwait, message.id, message.attempt, now, awaited.fallback_at,
                                                 awaited.whatsapp_id, reason, awaited.text, awaited.cost_paise);
  co_return rows[0].get<bool>(0);
}

Awaitable<NotedReceipt> MessagesRepository::note_receipt(MessageId id, bool is_whatsapp,
                                                         const messaging::Receipt& receipt, Timestamp now,
                                                         Timestamp fallback_at) {
  auto tx = co_await database_.here().begin_platform();
  const auto row = (co_await tx.query_and_commit(kNoteReceipt, id, is_whatsapp, receipt.provider_id,
                                                 std::string(json::enum_name(receipt.status)),
                                                 or_null(messaging::delivery_of(receipt).reason), now, fallback_at))
                       .first();
  if (!row) co_return NotedReceipt{};
  co_return NotedReceipt{.is_news = true, .phone_lookup = row->get<std::optional<Bytes>>(0)};
}

Awaitable<int> MessagesRepository::set_wanted(const Bytes& phone_lookup, bool wanted,
                                              std::optional<std::string> provider_id, Timestamp now) {
  auto tx = co_await database_.here().begin_platform();
  const auto rows = co_await tx.query_and_commit(kSetWanted, phone_lookup, wanted, provider_id, now);
  co_return rows[0].get<int>(0);
}

Awaitable<> MessagesRepository::wait_until(const Claimed& message, Timestamp due, std::string reason) {
  auto tx = co_await database_.here().begin_platform();
  co_await tx.query_and_commit(kPutOff, message.id, message.attempt, std::optional(due), std::optional<Timestamp>(),
                               reason);
}

Awaitable<> MessagesRepository::try_again(const Claimed& message, Timestamp at, std::string reason) {
  auto tx = co_await database_.here().begin_platform();
  co_await tx.query_and_commit(kPutOff, message.id, message.attempt, std::optional<Timestamp>(), std::optional(at),
                               reason);
}

Awaitable<std::vector<Message>> MessagesRepository::of_job(WorkshopId workshop, JobId job,
                                                           std::optional<MessageId> before, int limit) {
  std::vector<Message> all;
  for (const Row row : co_await database_.here().read(workshop, kOfJob, job, before, limit))
    all.push_back({.id = row.get<MessageId>("id"),
                   .job_id = row.get<std::optional<JobId>>("job_id"),
                   .kind = row.get<std::string>("kind"),
                   .status = row.get<std::string>("status"),
                   .channel = row.get<std::optional<std::string>>("channel"),
                   .reason = row.get<std::optional<std::string>>("reason"),
                   .text = row.get<std::optional<std::string>>("text_shown"),
                   .attempts = row.get<int>("attempts"),
                   .sms_segments = row.get<int>("sms_segments"),
                   .cost_paise = row.get<std::int64_t>("cost_paise"),
                   .created_at = row.get<Timestamp>("created_at"),
                   .due_at = row.get<Timestamp>("due_at"),
                   .ended_at = row.get<std::optional<Timestamp>>("ended_at")});
  co_return all;
}

}  // namespace pitview::messages
