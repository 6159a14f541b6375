// Processor time of processes (Linux, /proc), in seconds, in steps of 10 ms. User and
// system time, with that of children which have ended.
#pragma once

#include <map>

namespace pitview::bench {

class ProcessTimes {
 public:
  // As of now.
  static ProcessTimes read();

  // Of a process and every process below it. 0 when there is no such process.
  double below(int pid) const;
  // Of everything that runs on the machine.
  double all() const;

 private:
  struct Process {
    int parent = 0;
    long ticks = 0;
  };

  long ticks_below(int pid) const;

  std::map<int, Process> by_pid_;
};

// Of the thread that asks, finer than those.
double thread_cpu_seconds();

// That a virtual machine wanted and its host gave to others, all cores together.
double stolen_seconds();

}  // namespace pitview::bench
