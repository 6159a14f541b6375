#include "answer.h"

#include <libpq-fe.h>

#include <charconv>

#include "pitview/postgres/errors.h"

namespace pitview::postgres {
namespace {

std::string field(const pg_result* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string() : std::string(text);
}

// PostgreSQL's sentence quotes data in these classes: 22 (data exception) and
// 23 (constraint violation). Everywhere else it speaks of names and states.
bool may_quote_data(std::string_view sqlstate) { return sqlstate.starts_with("22") || sqlstate.starts_with("23"); }

// 57P01…57P05: the server shuts down or ends this session; 08: connection.
bool ends_connection(std::string_view sqlstate) { return sqlstate.starts_with("57P") || sqlstate.starts_with("08"); }

}  // namespace

Answer::~Answer() { PQclear(result_); }

std::int64_t Answer::affected_rows() const {
  const std::string_view text = PQcmdTuples(result_);
  std::int64_t rows = 0;
  std::from_chars(text.data(), text.data() + text.size(), rows);
  return rows;
}

std::string_view Answer::command_tag() const { return PQcmdStatus(result_); }

std::string connection_error(const pg_conn* connection) {
  std::string text = PQerrorMessage(connection);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (char& c : text) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return text;
}

void throw_failure(const pg_result* result, std::string_view statement) {
  const std::string sqlstate = field(result, PG_DIAG_SQLSTATE);
  if (ends_connection(sqlstate)) {
    throw ConnectionLost("the database ended the connection: " + field(result, PG_DIAG_MESSAGE_PRIMARY));
  }
  const std::string constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  const std::string table = field(result, PG_DIAG_TABLE_NAME);
  std::string what = "statement " + std::string(statement) + " failed: " + sqlstate;
  if (!may_quote_data(sqlstate)) what += " " + field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (!constraint.empty()) what += ", constraint " + constraint;
  if (!table.empty()) what += ", table " + table;
  if (const std::string column = field(result, PG_DIAG_COLUMN_NAME); !column.empty()) what += ", column " + column;
  if (const std::string position = field(result, PG_DIAG_STATEMENT_POSITION); !position.empty()) {
    what += ", at character " + position;
  }
  throw QueryFailed(std::move(what), sqlstate, constraint, table);
}

}  // namespace pitview::postgres
