#pragma once
// The parts of `gemel whatif`: what is asked, who answers, what is shown.

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "app/changeable.hpp"
#include "app/remote.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace gemel::app {

/// As it stands on the command line.
struct WhatIfOptions {
  std::vector<std::string> set, add, scale;  // NAME=VALUE
  std::vector<std::string> uncertain;        // NAME=normal(3, 0.5)
  std::string simulator;
  std::string at;
  std::string horizon = "10 min";
  std::string step;
  std::string sampling = "random";
  std::string csv;
  std::uint32_t draws = 256;
  std::uint64_t seed = 1;
  std::string twin;     // a file: nothing has to run
  std::string history;  // with it: starts from there
  bool list = false;
  bool all = false;
  RemoteOptions remote;
};

/// The body that the API takes. Errors: InvalidInput, with how it is written.
Result<Json> question_of(const WhatIfOptions& options, const Changeable& changeable);

/// The answer for people: what it starts from, the indicators, the signals at the horizon; unless
/// all are asked for, only those that the changes touch most.
void print_answer(const Json& answer, const WhatIfOptions& options);
/// Rows of time, name, and mean, low, high as now and changed. Errors: Unavailable (can't be
/// written).
Result<void> write_series(const Json& answer, const std::string& path);

}  // namespace gemel::app
