#include "copy_rows.h"

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace pitview::bench {
namespace {

// https://www.postgresql.org/docs/15/sql-copy.html ("Binary Format")
constexpr std::size_t kHeader = 19;
constexpr std::string_view kTrailer("\xFF\xFF", 2);

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

[[noreturn]] void fail(PGconn* connection) { throw std::runtime_error(PQerrorMessage(connection)); }

Connection connect(const std::string& url) {
  Connection connection(PQconnectdb(url.c_str()), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) fail(connection.get());
  return connection;
}

void expect(PGconn* connection, PGresult* result, ExecStatusType status) {
  const bool as_expected = PQresultStatus(result) == status;
  PQclear(result);
  if (!as_expected) fail(connection);
}

struct Rows {
  std::string header;
  std::vector<std::string> batches;  // without header and trailer
  std::int64_t count = 0;
};

// The server sends a row, and nothing else, with every PQgetCopyData(), the first with
// the header before it and the trailer on its own.
Rows read_rows(PGconn* connection, const CopyOptions& options) {
  Rows rows;
  const std::string sql = "COPY (" + options.rows + ") TO STDOUT (FORMAT binary)";
  expect(connection, PQexec(connection, sql.c_str()), PGRES_COPY_OUT);
  char* data = nullptr;
  int length = 0;
  while ((length = PQgetCopyData(connection, &data, 0)) > 0) {
    std::string_view row(data, static_cast<std::size_t>(length));
    if (rows.header.empty()) {
      rows.header = row.substr(0, kHeader);
      row.remove_prefix(kHeader);
    }
    if (!row.empty() && row != kTrailer) {
      if (rows.count++ % options.batch == 0) rows.batches.emplace_back();
      rows.batches.back() += row;
    }
    PQfreemem(data);
  }
  if (length != -1) fail(connection);
  expect(connection, PQgetResult(connection), PGRES_COMMAND_OK);
  while (PGresult* rest = PQgetResult(connection)) PQclear(rest);
  return rows;
}

void copy_batch(PGconn* connection, const std::string& sql, const Rows& rows, const std::string& batch) {
  expect(connection, PQexec(connection, sql.c_str()), PGRES_COPY_IN);
  for (const std::string_view part : {std::string_view(rows.header), std::string_view(batch), kTrailer})
    if (PQputCopyData(connection, part.data(), static_cast<int>(part.size())) != 1) fail(connection);
  if (PQputCopyEnd(connection, nullptr) != 1) fail(connection);
  expect(connection, PQgetResult(connection), PGRES_COMMAND_OK);
  while (PGresult* rest = PQgetResult(connection)) PQclear(rest);
}

}  // namespace

Copied copy_rows(const Stack& stack, const CopyOptions& options) {
  const Connection connection = connect(options.url);
  const Rows rows = read_rows(connection.get(), options);
  const std::string sql = "COPY " + options.table + " FROM STDIN (FORMAT binary)";
  const CpuTimes begin;
  for (const std::string& batch : rows.batches) copy_batch(connection.get(), sql, rows, batch);
  const CpuTimes end;
  return {.rows = rows.count,
          .batches = static_cast<std::int64_t>(rows.batches.size()),
          .cpu = shares_of(stack, begin, end)};
}

}  // namespace pitview::bench
