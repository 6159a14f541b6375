// The files of db/migrations, embedded at build time, in order.
//
//   postgres::migrate(conninfo_of_pitview_owner, db::migrations());
#pragma once

#include <span>

#include "pitview/postgres/migrate.h"

namespace pitview::db {

std::span<const postgres::Migration> migrations();

}  // namespace pitview::db
