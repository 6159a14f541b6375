#include "messages/outbox.h"

#include <array>

#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::messages {
namespace {

using postgres::Bytes;
using postgres::Statement;
using postgres::Transaction;

constexpr std::string_view kPurpose = "messages.secrets";

constexpr Statement kPut{"put_message", R"sql(
  INSERT INTO messages (workshop_id, job_id, recipient_id, kind, key, is_urgent, secrets_sealed, due_at, pointless_at, created_at)
  SELECT workshop_id, id, customer_id, $2, $3, $4, $5, $6, $7, $8 FROM jobs WHERE id = $1
  ON CONFLICT ON CONSTRAINT messages_key_key DO NOTHING)sql"};

constexpr Statement kTakeBack{"take_back_messages", R"sql(
  DELETE FROM messages WHERE job_id = $1 AND status = 'waiting' AND kind = ANY($2) AND coalesce(lease_until, $3) <= $3
    AND whatsapp_id IS NULL)sql"};

// What WhatsApp has cannot be taken back: no SMS follows.
constexpr Statement kStopFallback{"stop_fallback_of_messages", R"sql(
  UPDATE messages SET ended_at = $3, next_try_at = NULL, secrets_sealed = NULL,
    status = CASE WHEN whatsapp_receipt IN ('undelivered', 'failed') THEN 'failed' ELSE 'sent' END,
    reason = CASE WHEN whatsapp_receipt IN ('undelivered', 'failed') THEN reason
                  ELSE 'No SMS followed: it was overtaken.' END
  WHERE job_id = $1 AND status = 'waiting' AND kind = ANY($2) AND coalesce(lease_until, $3) <= $3
    AND whatsapp_id IS NOT NULL)sql"};

constexpr Statement kHasAfterCare{"has_after_care", "SELECT EXISTS (SELECT FROM message_settings WHERE after_care)"};

constexpr Statement kPutAlert{"put_alert_message", R"sql(
  INSERT INTO messages (workshop_id, alert_id, recipient_id, kind, key, is_urgent, due_at, pointless_at, created_at)
  SELECT a.workshop_id, a.id, u.id, 'alert', 'alert-' || a.id || CASE WHEN $2 THEN '-critical-' ELSE '-' END || u.id, $2, $3, $4, $5
  FROM alerts a JOIN users u ON u.workshop_id = a.workshop_id AND u.role IN ('owner', 'super_admin') AND u.disabled_at IS NULL
  WHERE a.id = $1 AND coalesce((SELECT s.owner_alerts FROM message_settings s WHERE s.workshop_id = a.workshop_id), true)
    AND NOT EXISTS (
      SELECT FROM messages m JOIN alerts b ON b.workshop_id = m.workshop_id AND b.id = m.alert_id
      WHERE m.workshop_id = a.workshop_id AND m.recipient_id = u.id AND m.is_urgent >= $2
        AND b.pit_id IS NOT DISTINCT FROM a.pit_id AND b.alert_type = a.alert_type
        AND m.created_at > $5::timestamptz - interval '30 minutes')
  ON CONFLICT ON CONSTRAINT messages_key_key DO NOTHING)sql"};

constexpr std::array kStatements = {kPut, kTakeBack, kStopFallback, kPutAlert, kHasAfterCare};

}  // namespace

std::span<const Statement> outbox_statements() { return kStatements; }

Awaitable<> Outbox::put(Transaction& tx, JobId job, NewMessage message, Timestamp now) const {
  std::optional<Bytes> sealed;
  if (message.secrets) sealed = Bytes(crypto::seal(data_key_, json::write(*message.secrets), kPurpose));
  co_await tx.execute(kPut, job, std::string(name_of(message.kind)), message.key, message.is_urgent, sealed,
                      message.due, message.pointless, now);
}

Awaitable<> Outbox::put_alert(Transaction& tx, NewAlertMessage alert, Timestamp now) {
  co_await tx.execute(kPutAlert, alert.alert, alert.is_critical, alert.due, alert.pointless, now);
}

Awaitable<> Outbox::take_back(Transaction& tx, JobId job, std::vector<MessageKind> kinds, Timestamp now) {
  std::vector<std::string> names;
  for (const MessageKind kind : kinds) names.emplace_back(name_of(kind));
  co_await tx.execute(kTakeBack, job, names, now);
  co_await tx.execute(kStopFallback, job, names, now);
}

Awaitable<bool> Outbox::has_after_care(Transaction& tx) {
  co_return (co_await tx.query(kHasAfterCare))[0].get<bool>(0);
}

std::optional<Secrets> open_secrets(const crypto::Key256& data_key, std::string_view sealed) {
  const auto text = crypto::open(data_key, sealed, kPurpose);
  if (!text) return std::nullopt;
  auto secrets = json::read<Secrets>(*text);
  if (!secrets) return std::nullopt;
  return std::move(*secrets);
}

}  // namespace pitview::messages
