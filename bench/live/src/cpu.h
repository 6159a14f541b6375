// Processor time of a process and its children (Linux, /proc/PID/stat).
#pragma once

namespace pitview::bench {

// User and system time in seconds of `pid`, of every process below it, and of those
// of its children that have ended. 10 ms steps. 0 when there is no such process.
double cpu_seconds(int pid);

}  // namespace pitview::bench
