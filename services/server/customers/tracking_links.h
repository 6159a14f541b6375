// The link of the message a customer gets: `{public_base_url}/t/{token}`, 256
// random bits of which the database keeps the SHA-256, and the bits themselves
// under the server's key, because messages of later carry them. Whoever has it is
// signed in as that job's customer, as often as it is opened, until the job's
// access ends, staff revokes it or makes another (docs/design/customer-access.md).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "auth/sessions_repository.h"
#include "pitview/base/crypto.h"
#include "pitview/postgres/pool.h"

namespace pitview::customers {

using auth::TrackingLinkId;

struct NewLink {
  WorkshopId workshop;
  JobId job;
  UserId customer;
  UserId by;
  Timestamp now;
};

class TrackingLinks {
 public:
  TrackingLinks(app::Database& database, const std::string& public_base_url, const crypto::Key256& data_key);

  // For a job without a link, in the transaction that made the job or revoked the
  // link before. Returns the address; nobody is shown it again.
  Awaitable<std::string> issue(postgres::Transaction& tx, NewLink link) const;

  // Revokes the job's link, if there is one, and ends the sessions it has opened;
  // they are returned, to be announced after the commit.
  static Awaitable<std::vector<SessionId>> revoke(postgres::Transaction& tx, JobId job, Timestamp now);

  struct Opened {
    TrackingLinkId link;
    WorkshopId workshop;
    UserId customer;
  };
  // Empty for a token that is none, revoked or of a job whose access has ended, and
  // for a customer who is disabled. One look-up by digest whatever it is, so that
  // neither answer nor time tells which.
  Awaitable<std::optional<Opened>> open(std::string token);

 private:
  app::Database& database_;
  const std::string address_;  // all but the token
  const crypto::Key256& data_key_;
};

// tracking_links.token_sealed, for the messages that carry a link. Empty: another key.
std::optional<std::string> open_tracking_token(const crypto::Key256& data_key, const postgres::Bytes& sealed);

std::span<const postgres::Statement> tracking_link_statements();

}  // namespace pitview::customers
