// Readings that are older than the retention go to cold storage, a file for each
// workshop and day (docs/reference/archive.md): written, on the disk, read back,
// and only then dropped from the database, in one transaction with the note of it.
//
// Killed anywhere, the file is either not there, or whole and the readings still in
// the database: the next try writes the same again. One server at a time does it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "app/database.h"
#include "archive/archive_file.h"
#include "pitview/async/cpu_pool.h"

namespace prometheus {
class Counter;
class Registry;
}  // namespace prometheus

namespace pitview::archive {

struct ArchiveOptions {
  std::filesystem::path folder;  // empty: nothing is archived, and nothing dropped
  std::chrono::days retention{90};
};

class ReadingsArchive {
 public:
  ReadingsArchive(app::Database& database, ArchiveOptions options, prometheus::Registry& registry);

  // One workshop's day. True: there may be more, call again. A disk or a database
  // that refuses is logged and counted, and everything stays where it is; false then.
  Awaitable<bool> step();

 private:
  struct Day {
    WorkshopId workshop;
    std::string workshop_code;
    std::string day;  // "2026-08-01", UTC
    int part = 1;

    friend bool operator==(const Day&, const Day&) = default;
  };
  struct Metrics {
    explicit Metrics(prometheus::Registry& registry);
    prometheus::Counter* files;
    prometheus::Counter* readings;
    prometheus::Counter* bytes;
    prometheus::Counter* failures;
  };

  static std::optional<Day> day_of(const postgres::Rows& rows);
  int retention_days() const { return static_cast<int>(options_.retention.count()); }
  Awaitable<bool> archive(Day day);
  Awaitable<Written> write(postgres::Transaction& tx, Day day, std::filesystem::path file);

  app::Database& database_;
  const ArchiveOptions options_;
  Metrics metrics_;
  CpuPool disk_{1, 4};  // compressing and waiting for the disk, never on a network thread
};

std::span<const postgres::Statement> archive_statements();

}  // namespace pitview::archive
