#pragma once
// How FMUs come to processes of their own.

#include <string>
#include <vector>

namespace gemel::fmu {

/// The program that serves an FMU in a process of its own, and its arguments. It must do nothing
/// before, and little but, serve_own_process(). Without one, this process is copied (fork): then no
/// other thread may hold a lock that the FMU's calls need, and the FMU begins with a copy of the
/// globals of its like in this process.
///
/// Threads: before any instance is made, from one.
void serve_own_processes_by(std::vector<std::string> command);

/// In that program: serves one FMU on file descriptor 3 until the other side is gone; the status to
/// exit with.
int serve_own_process();

}  // namespace gemel::fmu
