// What this process and others may have and do have (Linux).
#pragma once

#include <cstdint>

namespace pitview::bench {

// As many open files as this process may ask for; std::runtime_error when that is less
// than `wanted`.
void raise_open_files(std::uint64_t wanted);

// Resident memory (VmRSS) of a process in bytes; 0 when there is none.
std::int64_t resident_bytes(int pid);

// Of a process and its children (PSS): pages that several of them share count once.
std::int64_t proportional_bytes_below(int pid);

}  // namespace pitview::bench
