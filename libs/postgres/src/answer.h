// A libpq result, and what its failure means.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct pg_conn;
struct pg_result;

namespace pitview::postgres {

class Answer {
 public:
  explicit Answer(pg_result* result) : result_(result) {}
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer();

  pg_result* get() const noexcept { return result_; }
  std::int64_t affected_rows() const;
  std::string_view command_tag() const;

 private:
  pg_result* result_;
};

// The last error of a connection on one line.
std::string connection_error(const pg_conn* connection);

// Throws QueryFailed or, when the server says that it ends the connection,
// ConnectionLost. Precondition: `result` is a failure.
[[noreturn]] void throw_failure(const pg_result* result, std::string_view statement);

}  // namespace pitview::postgres
