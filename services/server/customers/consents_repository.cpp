#include "customers/consents_repository.h"

#include "pitview/json/describe.h"

namespace pitview::customers {
namespace {

using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

constexpr Statement kTexts{"consent_texts", R"sql(
  SELECT version, live_video, recording, messages, created_at FROM consent_texts
  WHERE ($1::integer IS NULL OR version < $1) ORDER BY version DESC LIMIT $2)sql"};

constexpr Statement kInsertText{"insert_consent_text", R"sql(
  INSERT INTO consent_texts (workshop_id, version, live_video, recording, messages, created_at, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING)sql"};

constexpr Statement kPresent{"present_consents", R"sql(
  SELECT DISTINCT ON (subject) subject, given, text_version, recorded_at
  FROM consents WHERE customer_id = $1 ORDER BY subject, id DESC)sql"};

constexpr Statement kHistory{"consent_history", R"sql(
  SELECT id, subject, given, text_version, job_id, recorded_by = customer_id AS by_customer, recorded_at,
         host(ip) AS ip
  FROM consents WHERE customer_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3)sql"};

constexpr Statement kInsert{"insert_consent", R"sql(
  INSERT INTO consents (workshop_id, customer_id, subject, given, text_version, job_id, recorded_by, recorded_at, ip)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, '')::inet))sql"};

constexpr Statement kRecordedSince{"consents_recorded_since", R"sql(
  SELECT count(*)::integer FROM consents WHERE customer_id = $1 AND recorded_at > $2)sql"};

constexpr Statement kIsCustomer{"is_customer", "SELECT 1 FROM users WHERE id = $1 AND role = 'customer'"};

constexpr Statement kLockCustomer{"lock_customer_for_consent", "SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE"};

constexpr std::array kStatements = {kTexts,  kInsertText,    kPresent,    kHistory,
                                    kInsert, kRecordedSince, kIsCustomer, kLockCustomer};

ConsentText text_of(const Row& row) {
  return {.version = row.get<int>("version"),
          .live_video = row.get<std::string>("live_video"),
          .recording = row.get<std::string>("recording"),
          .messages = row.get<std::string>("messages"),
          .created_at = row.get<Timestamp>("created_at")};
}

ConsentSubject subject_of(const Row& row) {
  return json::enum_from_name<ConsentSubject>(row.get<std::string>("subject")).value();
}

Awaitable<ConsentText> present_text(Transaction& tx) {
  const auto row = (co_await tx.query(kTexts, std::optional<int>(), 1)).first();
  co_return row ? text_of(*row) : default_consent_text();
}

}  // namespace

std::span<const Statement> consent_statements() { return kStatements; }

Awaitable<ConsentState> ConsentsRepository::state(WorkshopId workshop, UserId customer) {
  auto tx = co_await begin(workshop);
  ConsentState found = co_await state(tx, customer);
  co_await tx.commit();
  co_return found;
}

Awaitable<ConsentState> ConsentsRepository::state(Transaction& tx, UserId customer) {
  const ConsentText text = co_await present_text(tx);
  ConsentState state{.text_version = text.version};
  for (const ConsentSubject subject : kConsentSubjects)
    state.consents.push_back({.subject = subject,
                              .text = customers::text_of(text, subject),
                              .effect_of_withdrawal = effect_of_withdrawal(subject)});
  for (const Row row : co_await tx.query(kPresent, customer)) {
    ConsentItem& item = state.consents[static_cast<std::size_t>(subject_of(row))];
    item.given = row.get<bool>("given");
    item.text_version = row.get<int>("text_version");
    item.recorded_at = row.get<Timestamp>("recorded_at");
  }
  co_return state;
}

Awaitable<std::vector<ConsentEntry>> ConsentsRepository::history(WorkshopId workshop, UserId customer,
                                                                 std::optional<ConsentId> before, int limit) {
  std::vector<ConsentEntry> entries;
  for (const Row row : co_await database_.here().read(workshop, kHistory, customer, before, limit))
    entries.push_back({.id = row.get<ConsentId>("id"),
                       .subject = subject_of(row),
                       .given = row.get<bool>("given"),
                       .text_version = row.get<int>("text_version"),
                       .source = row.get<bool>("by_customer") ? ConsentSource::customer : ConsentSource::staff,
                       .job_id = row.get<std::optional<JobId>>("job_id"),
                       .recorded_at = row.get<Timestamp>("recorded_at"),
                       .ip = row.get<std::optional<std::string>>("ip")});
  co_return entries;
}

Awaitable<std::vector<ConsentText>> ConsentsRepository::texts(WorkshopId workshop, std::optional<int> before,
                                                              int limit) {
  std::vector<ConsentText> texts;
  for (const Row row : co_await database_.here().read(workshop, kTexts, before, limit)) texts.push_back(text_of(row));
  if (texts.empty() && !before) texts.push_back(default_consent_text());
  co_return texts;
}

Awaitable<bool> ConsentsRepository::is_customer(WorkshopId workshop, UserId user) {
  co_return !(co_await database_.here().read(workshop, kIsCustomer, user)).empty();
}

Awaitable<> ConsentsRepository::lock_customer(Transaction& tx, UserId customer) {
  co_await tx.query(kLockCustomer, customer);
}

Awaitable<int> ConsentsRepository::recorded_since(Transaction& tx, UserId customer, Timestamp since) {
  const Rows rows = co_await tx.query(kRecordedSince, customer, since);
  co_return rows[0].get<int>(0);
}

Awaitable<int> ConsentsRepository::record(Transaction& tx, NewConsents consents) {
  if (consents.choice.empty()) co_return 0;
  const ConsentText text = co_await present_text(tx);
  // The product's text becomes the workshop's own with the first answer to it: what
  // people agreed to must not change with the program.
  if (!text.created_at)
    co_await tx.execute(kInsertText, consents.workshop, text.version, text.live_video, text.recording, text.messages,
                        consents.now, std::optional<UserId>());
  const ConsentState before = co_await state(tx, consents.customer);
  int recorded = 0;
  for (const ConsentItem& item : before.consents) {
    const std::optional<bool> said = choice_of(consents.choice, item.subject);
    if (!said || (item.given == said && item.text_version == text.version)) continue;
    co_await tx.execute(kInsert, consents.workshop, consents.customer, json::enum_name(item.subject), *said,
                        text.version, consents.job, consents.recorded_by, consents.now, consents.ip);
    ++recorded;
  }
  co_return recorded;
}

Awaitable<bool> ConsentsRepository::record_at_booking(Transaction& tx, NewConsents consents) {
  const UserId customer = consents.customer;
  co_await lock_customer(tx, customer);
  co_await record(tx, std::move(consents));
  const ConsentState now = co_await state(tx, customer);
  co_return now.consents[static_cast<std::size_t>(ConsentSubject::messages)].given.value_or(false);
}

Awaitable<ConsentText> ConsentsRepository::add_text(Transaction& tx, WorkshopId workshop, ConsentText text, UserId by,
                                                    Timestamp now) {
  const ConsentText present = co_await present_text(tx);
  if (!present.created_at)
    co_await tx.execute(kInsertText, workshop, present.version, present.live_video, present.recording, present.messages,
                        now, std::optional<UserId>());
  text.created_at = now;
  // Of two at once the second finds its number taken and gets the next.
  for (text.version = present.version + 1;; ++text.version) {
    const std::int64_t inserted = co_await tx.execute(kInsertText, workshop, text.version, text.live_video,
                                                      text.recording, text.messages, now, by);
    if (inserted == 1) co_return text;
  }
}

}  // namespace pitview::customers
