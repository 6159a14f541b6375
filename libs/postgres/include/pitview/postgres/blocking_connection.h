// A connection that blocks its thread: for migrations, demo data and tests.
// Never on a thread that serves requests. Errors: errors.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "pitview/postgres/errors.h"
#include "pitview/postgres/params.h"
#include "pitview/postgres/rows.h"

namespace pitview::postgres {

class BlockingConnection {
 public:
  explicit BlockingConnection(const std::string& conninfo, std::string_view application_name = "pitview-setup");
  ~BlockingConnection();
  BlockingConnection(BlockingConnection&&) noexcept;
  BlockingConnection& operator=(BlockingConnection&&) noexcept;

  // One statement.
  template <class... Args>
  Rows query(std::string_view sql, const Args&... args) {
    return query_with(sql, Params::of(args...));
  }
  Rows query_with(std::string_view sql, const Params& params);

  // Any number of statements separated by semicolons, in one transaction unless
  // the text says otherwise. No answer.
  void run_script(std::string_view sql);

  bool in_transaction() const noexcept;

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

// `conninfo` with one of its settings (host, port, user, dbname, …) replaced.
std::string with_setting(const std::string& conninfo, std::string_view name, std::string_view value);

}  // namespace pitview::postgres
