#pragma once
// What another process of this machine uses, as the kernel counts it.

#include <cstdint>

#include <sys/types.h>

namespace gemel::bench {

/// Units: seconds of processor time of the process and of the children it has waited for.
double cpu_s_of(pid_t process);
/// Units: bytes; now, and at most since the process began.
std::uint64_t memory_bytes_of(pid_t process);
std::uint64_t peak_memory_bytes_of(pid_t process);

/// Waits until the process has been idle (less than two percent of a processor) for two seconds,
/// and at least `at_least_s`; false after `at_most_s`.
bool wait_idle(pid_t process, double at_least_s, double at_most_s);

}  // namespace gemel::bench
