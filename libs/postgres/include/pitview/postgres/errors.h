// What the database can throw. Callers do not catch these one by one: they pass
// to the boundary (one catch per request or message), except for the violations
// of constraints that a caller means to answer, see is_unique_violation().
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace pitview::postgres {

// The database cannot be used now; trying again later may help. The boundary
// answers 503.
class DatabaseUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The connection could not be made, broke or fell silent. When commit() throws
// it, nobody knows whether the transaction was committed.
class ConnectionLost final : public DatabaseUnavailable {
 public:
  using DatabaseUnavailable::DatabaseUnavailable;
};

// Every connection is in use and none came free in time, or too many wait already.
class PoolExhausted final : public DatabaseUnavailable {
 public:
  using DatabaseUnavailable::DatabaseUnavailable;
};

// The server refused a statement. The connection is fine; the transaction is
// not, and can only be dropped.
//
// what() names the statement, the SQLSTATE and the objects concerned. It never
// holds parameter values: PostgreSQL's own text does for data errors ("Key
// (username)=(…) already exists"), so it is left out for these.
class QueryFailed final : public std::runtime_error {
 public:
  QueryFailed(std::string what, std::string sqlstate, std::string constraint, std::string table)
      : std::runtime_error(std::move(what)),
        sqlstate_(std::move(sqlstate)),
        constraint_(std::move(constraint)),
        table_(std::move(table)) {}

  // Five characters: https://www.postgresql.org/docs/15/errcodes-appendix.html
  const std::string& sqlstate() const noexcept { return sqlstate_; }
  const std::string& constraint() const noexcept { return constraint_; }  // "" when none is concerned
  const std::string& table() const noexcept { return table_; }            // "" when none is concerned

 private:
  std::string sqlstate_;
  std::string constraint_;
  std::string table_;
};

// `constraint`: the name of the unique constraint or index.
inline bool is_unique_violation(const QueryFailed& e, std::string_view constraint) {
  return e.sqlstate() == "23505" && e.constraint() == constraint;
}
inline bool is_exclusion_violation(const QueryFailed& e, std::string_view constraint) {
  return e.sqlstate() == "23P01" && e.constraint() == constraint;
}
inline bool is_foreign_key_violation(const QueryFailed& e, std::string_view constraint) {
  return e.sqlstate() == "23503" && e.constraint() == constraint;
}

}  // namespace pitview::postgres
