// How a batch of readings gets into the database: once per transaction prepare,
// copy, commit. All in a platform transaction; the database itself finds the
// workshop and the pit of each reading (platform.commit_readings()).
//
//   auto tx = co_await pool.begin_platform(kPrepareReadingsStaging);
//   co_await tx.copy_in(kCopyReadings, rows);                     // BinaryCopy rows(kReadingColumns)
//   const Row counts = (co_await tx.query_and_commit(kCommitReadings))[0];
#pragma once

#include <cstdint>
#include <string_view>

#include "pitview/postgres/statement.h"

namespace pitview::db {

// Cheap when the connection has the table already.
inline constexpr postgres::Statement kPrepareReadingsStaging{"prepare_readings_staging",
                                                             "SELECT platform.prepare_readings_staging()"};

inline constexpr std::int16_t kReadingColumns = 12;

// int8, timestamptz, timestamptz, int4, int4, float4 ×3, int2 ×2, float4, bool;
// null where nothing was measured.
inline constexpr std::string_view kCopyReadings =
    "COPY pg_temp.readings_staging (device_key, measured_at, received_at, boot_id, seq, temperature, humidity,"
    " pressure, aqi, iaq_accuracy, gas_ohm, replayed) FROM STDIN (FORMAT binary)";

// → inserted, duplicates, no_assignment, too_old, in_future: how many of each.
inline constexpr postgres::Statement kCommitReadings{"commit_readings", "SELECT * FROM platform.commit_readings()"};

// One reading that the database refused: the values of kCopyReadings, and the refusal.
inline constexpr postgres::Statement kSetAsideReading{
    "set_aside_reading",
    "SELECT 1 FROM platform.set_aside_reading($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};

}  // namespace pitview::db
