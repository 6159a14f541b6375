// What processes used of the processors between two moments.
#pragma once

#include <boost/describe/class.hpp>

#include "cpu.h"
#include "plan.h"
#include "stack.h"

namespace pitview::bench {

// Cores used on average. With the time and a count this is the cost of one message.
struct CpuShares {
  double seconds = 0;  // between the two moments
  double server = 0;
  double mosquitto = 0;
  double postgres = 0;  // all its backends
  double bench = 0;     // this process: senders and receivers
  double others = 0;    // whatever else ran on the machine
  double stolen = 0;    // taken by the host of a virtual machine
};
BOOST_DESCRIBE_STRUCT(CpuShares, (), (seconds, server, mosquitto, postgres, bench, others, stolen))

struct CpuTimes {
  SteadyTime at = std::chrono::steady_clock::now();
  ProcessTimes processes = ProcessTimes::read();
  double stolen = stolen_seconds();
};

CpuShares shares_of(const Stack& stack, const CpuTimes& before, const CpuTimes& after);

}  // namespace pitview::bench
