// The limit of a request that asks the database: the query alone, prepared, over plain
// libpq, one thread and one connection for each of so many at once.
#pragma once

#include "http_loop.h"

namespace pitview::bench {

struct QueryCall {
  std::string workshop;  // whose rows row-level security shows
  std::vector<std::string> parameters;
};
BOOST_DESCRIBE_STRUCT(QueryCall, (), (workshop, parameters))

struct QueryOptions {
  std::string url;
  std::string sql;
  std::vector<QueryCall> calls;  // one after the other, again and again; at least one
};
BOOST_DESCRIBE_STRUCT(QueryOptions, (), (url, sql, calls))

// Throws std::runtime_error. `requests` of the figures are queries.
LoopFigures run_query_loop(const Stack& stack, const QueryOptions& query, const LoopOptions& options);

}  // namespace pitview::bench
