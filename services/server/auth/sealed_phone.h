// Telephone numbers at rest (users.phone_sealed, users.phone_lookup): readable with
// the server's key only, and found again without being readable.
#pragma once

#include <string>
#include <string_view>

#include "pitview/base/crypto.h"
#include "pitview/postgres/params.h"

namespace pitview::auth {

struct SealedPhone {
  postgres::Bytes sealed;
  postgres::Bytes lookup;  // the same for the same number
};

// `phone` in E.164.
SealedPhone seal_phone(const crypto::Key256& data_key, std::string_view phone);

// std::runtime_error for what this key has not sealed.
std::string open_phone(const crypto::Key256& data_key, const postgres::Bytes& sealed);

}  // namespace pitview::auth
