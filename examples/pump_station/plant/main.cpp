// pump_station_plant: the demo plant of Gemel. It stands for the real world and shares no code with
// the twin that watches it.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "live.hpp"
#include "options.hpp"
#include "record.hpp"

namespace {

using namespace riverside;

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

void request_stop(int) { stop_requested = true; }

int fail(const Error& error) {
  fmt::print(stderr, "pump_station_plant: {}\n", error.message);
  return 1;
}

int start(const ShowText& show) {
  fmt::print("{}", show.text);
  return 0;
}

int start(const RecordOptions& options) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto rows =
      record(options, std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  if (!rows) return fail(rows.error());
  fmt::print("{}: {} rows\n", options.file, *rows);
  return 0;
}

int start(const LiveOptions& options) {
  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
  const auto done = run_live(options, stop_requested);
  return done ? 0 : fail(done.error());
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse_options(std::vector<std::string>(argv + 1, argv + argc));
  if (!options) return fail(options.error());
  return std::visit([](const auto& each) { return start(each); }, *options);
}
