#include "customers/tracking_links.h"

#include <array>

#include "pitview/base/crypto.h"

namespace pitview::customers {
namespace {

using postgres::Bytes;
using postgres::Statement;

constexpr Statement kInsert{"insert_tracking_link", R"sql(
  INSERT INTO tracking_links (workshop_id, job_id, customer_id, token_hash, token_sealed, created_by, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7))sql"};

// A sign-in by the link that is under way holds the link: its session is there
// when the next statement looks.
constexpr Statement kRevoke{"revoke_tracking_link", R"sql(
  UPDATE tracking_links SET revoked_at = $2, token_sealed = NULL WHERE job_id = $1 AND revoked_at IS NULL RETURNING id)sql"};

constexpr Statement kEndSessions{"end_sessions_of_tracking_link", R"sql(
  UPDATE sessions SET ended_at = $2, end_reason = 'link_revoked'
  WHERE tracking_link_id = $1 AND ended_at IS NULL RETURNING id)sql"};

constexpr Statement kOpen{"open_tracking_link",
                          "SELECT link_id, workshop_id, customer_id FROM platform.open_tracking_link($1)"};

constexpr std::array kStatements = {kInsert, kRevoke, kEndSessions, kOpen};

constexpr std::string_view kPurpose = "tracking_links.token";

Bytes hash_of(const std::string& token) { return Bytes(crypto::sha256(token)); }

}  // namespace

std::span<const Statement> tracking_link_statements() { return kStatements; }

TrackingLinks::TrackingLinks(app::Database& database, const std::string& public_base_url,
                             const crypto::Key256& data_key)
    : database_(database), address_(public_base_url + "/t/"), data_key_(data_key) {}

Awaitable<std::string> TrackingLinks::issue(postgres::Transaction& tx, NewLink link) const {
  const std::string token = crypto::random_token();
  co_await tx.execute(kInsert, link.workshop, link.job, link.customer, hash_of(token),
                      Bytes(crypto::seal(data_key_, token, kPurpose)), link.by, link.now);
  co_return address_ + token;
}

Awaitable<std::vector<SessionId>> TrackingLinks::revoke(postgres::Transaction& tx, JobId job, Timestamp now) {
  std::vector<SessionId> ended;
  const auto link = (co_await tx.query(kRevoke, job, now)).first();
  if (!link) co_return ended;
  for (const postgres::Row row : co_await tx.query(kEndSessions, link->get<TrackingLinkId>("id"), now))
    ended.push_back(row.get<SessionId>("id"));
  co_return ended;
}

Awaitable<std::optional<TrackingLinks::Opened>> TrackingLinks::open(std::string token) {
  const auto row = (co_await database_.here().read_platform(kOpen, hash_of(token))).first();
  if (!row) co_return std::nullopt;
  co_return Opened{row->get<TrackingLinkId>("link_id"), row->get<WorkshopId>("workshop_id"),
                   row->get<UserId>("customer_id")};
}

std::optional<std::string> open_tracking_token(const crypto::Key256& data_key, const Bytes& sealed) {
  return crypto::open(data_key, sealed.data, kPurpose);
}

}  // namespace pitview::customers
