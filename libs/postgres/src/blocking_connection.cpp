#include "pitview/postgres/blocking_connection.h"

#include <libpq-fe.h>

#include <utility>
#include <vector>

#include "answer.h"

namespace pitview::postgres {
namespace {

void ignore_notice(void*, const char*) {}

bool succeeded(const Answer& answer) {
  const ExecStatusType status = PQresultStatus(answer.get());
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY;
}

// One value of a connection string: quoted, with ' and \ escaped.
std::string quoted(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

}  // namespace

struct BlockingConnection::Handle {
  PGconn* connection;

  explicit Handle(PGconn* c) : connection(c) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { PQfinish(connection); }

  std::shared_ptr<const Answer> check(PGresult* result, std::string_view sql) const {
    if (result == nullptr) throw ConnectionLost("database connection lost: " + connection_error(connection));
    auto answer = std::make_shared<const Answer>(result);
    if (succeeded(*answer)) return answer;
    if (PQstatus(connection) != CONNECTION_OK) {
      throw ConnectionLost("database connection lost: " + connection_error(connection));
    }
    throw_failure(result, "\"" + std::string(sql.substr(0, 60)) + "\"");
  }
};

BlockingConnection::BlockingConnection(const std::string& conninfo, std::string_view application_name) {
  const std::string name(application_name);
  const char* const keywords[] = {"dbname", "application_name", "client_encoding", nullptr};
  const char* const values[] = {conninfo.c_str(), name.c_str(), "UTF8", nullptr};
  handle_ = std::make_unique<Handle>(PQconnectdbParams(keywords, values, 1));
  if (PQstatus(handle_->connection) != CONNECTION_OK) {
    throw ConnectionLost("no database connection: " + connection_error(handle_->connection));
  }
  PQsetNoticeProcessor(handle_->connection, ignore_notice, nullptr);
}

BlockingConnection::~BlockingConnection() = default;
BlockingConnection::BlockingConnection(BlockingConnection&&) noexcept = default;
BlockingConnection& BlockingConnection::operator=(BlockingConnection&&) noexcept = default;

Rows BlockingConnection::query_with(std::string_view sql, const Params& params) {
  const std::vector<const char*> values = params.pointers();
  return Rows(handle_->check(PQexecParams(handle_->connection, std::string(sql).c_str(),
                                          static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr, 1),
                             sql));
}

void BlockingConnection::run_script(std::string_view sql) {
  handle_->check(PQexec(handle_->connection, std::string(sql).c_str()), sql);
}

bool BlockingConnection::in_transaction() const noexcept {
  return PQtransactionStatus(handle_->connection) == PQTRANS_INTRANS;
}

std::string with_setting(const std::string& conninfo, std::string_view name, std::string_view value) {
  char* error = nullptr;
  PQconninfoOption* parsed = PQconninfoParse(conninfo.c_str(), &error);
  if (parsed == nullptr) {
    PQfreemem(error);  // not shown: it quotes the string, which may hold a password
    throw std::invalid_argument("the database connection string is malformed");
  }
  std::string text;
  for (PQconninfoOption* o = parsed; o->keyword != nullptr; ++o) {
    if (o->val == nullptr || name == o->keyword) continue;
    text += std::string(o->keyword) + "=" + quoted(o->val) + " ";
  }
  PQconninfoFree(parsed);
  return text + std::string(name) + "=" + quoted(value);
}

}  // namespace pitview::postgres
