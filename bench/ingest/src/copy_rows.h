// The limit of the database: rows that are known already, in memory and in the binary
// format of COPY, go into a table in batches, each committed, over one connection. Plain
// libpq, blocking: nothing of ours is in the way.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>

#include "usage.h"

namespace pitview::bench {

struct Copied {
  std::int64_t rows = 0;
  std::int64_t batches = 0;
  CpuShares cpu;
};
BOOST_DESCRIBE_STRUCT(Copied, (), (rows, batches, cpu))

struct CopyOptions {
  std::string url;
  std::string rows;   // a query that gives exactly the columns of `table`
  std::string table;  // empty at the beginning
  std::int64_t batch = 2'000;
};

// Throws std::runtime_error.
Copied copy_rows(const Stack& stack, const CopyOptions& options);

}  // namespace pitview::bench
