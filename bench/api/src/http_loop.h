// A closed loop of HTTP requests: each connection sends the next one when it has its
// answer. Written by hand, because a library would cost more than the server under test.
//
// Everything on the thread that calls run_http_loop().
#pragma once

#include <boost/describe/class.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "arrivals.h"
#include "usage.h"

namespace pitview::bench {

struct HttpRequest {
  std::string method;
  std::string target;
  std::string bearer;  // empty: none
  std::string body;    // JSON; empty: none
};
BOOST_DESCRIBE_STRUCT(HttpRequest, (), (method, target, bearer, body))

struct LoopOptions {
  std::size_t connections = 8;
  std::size_t of_each_address = 1'000'000;  // connections from one loopback address
  std::chrono::milliseconds warm_up{2'000};
  std::chrono::milliseconds measured{10'000};
  std::int64_t most = 0;  // requests in all; 0: as many as the time allows
};

struct LoopFigures {
  std::int64_t requests = 0;  // answered with 2xx in the measured time
  std::int64_t refused = 0;   // answers other than 2xx, in all
  std::string first_refusal;
  std::int64_t answer_bytes = 0;  // of the last body
  Percentiles latency;
  CpuShares cpu;
};
BOOST_DESCRIBE_STRUCT(LoopFigures, (), (requests, refused, first_refusal, answer_bytes, latency, cpu))

// The requests in turn, begun again after the last one.
LoopFigures run_http_loop(const Stack& stack, const std::vector<HttpRequest>& requests, const LoopOptions& options);

}  // namespace pitview::bench
