#include "messages/message_settings.h"

#include <array>
#include <map>

#include "audit/audit_log.h"
#include "messages/message_texts.h"
#include "pitview/json/write.h"
#include "pitview/messaging/sms_segments.h"

namespace pitview::messages {

// What the audit log keeps of a text.
struct AuditableTemplate {
  std::string kind;
  std::string language;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(AuditableTemplate, (), (kind, language, text))

namespace {

using postgres::Row;
using postgres::Statement;

constexpr Statement kSettings{"message_settings", R"sql(
  SELECT to_char(quiet_from, 'HH24:MI') AS quiet_from, to_char(quiet_until, 'HH24:MI') AS quiet_until, daily_cap, after_care,
    owner_alerts
  FROM message_settings)sql"};
constexpr Statement kSave{"save_message_settings", R"sql(
  INSERT INTO message_settings (workshop_id, quiet_from, quiet_until, daily_cap, after_care, owner_alerts)
  VALUES ($1, $2::text::time, $3::text::time, $4, $5, $6)
  ON CONFLICT (workshop_id) DO UPDATE SET quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
    daily_cap = excluded.daily_cap, after_care = excluded.after_care, owner_alerts = excluded.owner_alerts)sql"};
constexpr Statement kTemplates{"message_templates", "SELECT kind, language, text FROM message_templates"};
constexpr Statement kSaveText{"save_message_template", R"sql(
  INSERT INTO message_templates (workshop_id, kind, language, text) VALUES ($1, $2, $3, $4)
  ON CONFLICT ON CONSTRAINT message_templates_pkey DO UPDATE SET text = excluded.text)sql"};
constexpr Statement kResetText{"reset_message_template",
                               "DELETE FROM message_templates WHERE kind = $1 AND language = $2"};

constexpr std::array kStatements = {kSettings, kSave, kTemplates, kSaveText, kResetText};
constexpr std::string_view kLanguages[] = {"en", "hi"};

MessageSettings settings_of(const postgres::Rows& rows) {
  if (rows.empty()) return {};
  return {.quiet_from = rows[0].get<std::string>("quiet_from"),
          .quiet_until = rows[0].get<std::string>("quiet_until"),
          .daily_cap = rows[0].get<int>("daily_cap"),
          .after_care = rows[0].get<bool>("after_care"),
          .owner_alerts = rows[0].get<bool>("owner_alerts")};
}

MessageTemplate template_of(MessageKind kind, std::string_view language, std::optional<std::string> own) {
  MessageTemplate made{.kind = std::string(name_of(kind)),
                       .language = std::string(language),
                       .text = own ? *own : std::string(default_text(kind, language)),
                       .is_own = own.has_value()};
  for (const std::string_view name : known_placeholders(kind)) made.placeholders.emplace_back(name);
  made.preview = preview(made.text);
  const messaging::SmsSize size = messaging::sms_segments(made.preview);
  made.encoding = size.encoding == messaging::SmsEncoding::gsm7 ? "gsm7" : "ucs2";
  made.length = static_cast<int>(size.units);
  made.segments = static_cast<int>(size.segments);
  return made;
}

audit::Entry entry_of(const char* action, WorkshopId workshop, const MessageTemplate& text) {
  return {.action = action,
          .subject = "workshop",
          .subject_id = workshop.value,
          .after = json::write(AuditableTemplate{text.kind, text.language, text.text})};
}

}  // namespace

std::span<const Statement> message_settings_statements() { return kStatements; }

Awaitable<MessageSettings> MessageSettingsService::settings(WorkshopId workshop) {
  co_return settings_of(co_await database_.here().read(workshop, kSettings));
}

Awaitable<MessageSettings> MessageSettingsService::change(audit::Actor actor, MessageSettingsChange change) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await database_.here().begin(workshop);
  const MessageSettings before = settings_of(co_await tx.query(kSettings));
  MessageSettings after = before;
  if (change.quiet_from) after.quiet_from = std::move(*change.quiet_from);
  if (change.quiet_until) after.quiet_until = std::move(*change.quiet_until);
  if (change.daily_cap) after.daily_cap = *change.daily_cap;
  if (change.after_care) after.after_care = *change.after_care;
  if (change.owner_alerts) after.owner_alerts = *change.owner_alerts;
  co_await tx.execute(kSave, workshop, after.quiet_from, after.quiet_until, after.daily_cap, after.after_care,
                      after.owner_alerts);
  co_await audit::record(tx, workshop, std::move(actor),
                         {.action = "message_settings.save",
                          .subject = "workshop",
                          .subject_id = workshop.value,
                          .before = json::write(before),
                          .after = json::write(after)});
  co_await tx.commit();
  co_return after;
}

Awaitable<std::vector<MessageTemplate>> MessageSettingsService::templates(WorkshopId workshop) {
  std::map<std::pair<std::string, std::string>, std::string> own;
  for (const Row row : co_await database_.here().read(workshop, kTemplates))
    own[{row.get<std::string>("kind"), row.get<std::string>("language")}] = row.get<std::string>("text");
  std::vector<MessageTemplate> all;
  for (int i = 0; i <= static_cast<int>(MessageKind::after_care_30); ++i)
    for (const std::string_view language : kLanguages) {
      const auto kind = static_cast<MessageKind>(i);
      const auto text = own.find({std::string(name_of(kind)), std::string(language)});
      all.push_back(template_of(kind, language, text == own.end() ? std::nullopt : std::optional(text->second)));
    }
  co_return all;
}

Awaitable<Result<MessageTemplate>> MessageSettingsService::set_text(audit::Actor actor, MessageKind kind,
                                                                    std::string language, std::string text) {
  if (const Result<> good = check_text(kind, text); !good) co_return good.error();
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await database_.here().begin(workshop);
  co_await tx.execute(kSaveText, workshop, std::string(name_of(kind)), language, text);
  MessageTemplate made = template_of(kind, language, std::move(text));
  co_await audit::record(tx, workshop, std::move(actor), entry_of("message_template.save", workshop, made));
  co_await tx.commit();
  co_return made;
}

Awaitable<MessageTemplate> MessageSettingsService::reset_text(audit::Actor actor, MessageKind kind,
                                                              std::string language) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await database_.here().begin(workshop);
  co_await tx.execute(kResetText, std::string(name_of(kind)), language);
  MessageTemplate made = template_of(kind, language, std::nullopt);
  co_await audit::record(tx, workshop, std::move(actor), entry_of("message_template.reset", workshop, made));
  co_await tx.commit();
  co_return made;
}

}  // namespace pitview::messages
