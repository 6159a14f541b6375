// The limit of a request that asks the database: the query alone, prepared, over plain
// libpq, one thread and one connection for each of so many at once.
#pragma once

#include "http_loop.h"

namespace pitview::bench {

struct QueryOptions {
  std::string url;
  std::string sql;
  std::vector<std::string> parameters;
  std::string workshop;  // whose rows row-level security shows
};
BOOST_DESCRIBE_STRUCT(QueryOptions, (), (url, sql, parameters, workshop))

// Throws std::runtime_error. `requests` of the figures are queries.
LoopFigures run_query_loop(const Stack& stack, const QueryOptions& query, const LoopOptions& options);

}  // namespace pitview::bench
