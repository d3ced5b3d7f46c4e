// Networks: how long a step takes by ONNX Runtime on one core, with float and with eight-bit
// weights, and how fast they are trained. Made-up swings, the sizes of a detector of one machine:
// the time of a step does not depend on what was learnt.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>

#include <fmt/format.h>

#include "finding.hpp"
#include "networks/fit.hpp"
#include "networks/network.hpp"
#include "networks/onnx_network.hpp"

namespace gemel::bench {
namespace {

using namespace networks;
using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point from) {
  return std::chrono::duration<double>(SteadyClock::now() - from).count();
}

/// Swings of several periods with noise.
Windows made_up(std::size_t rows, std::size_t signals, std::size_t length) {
  Random random(1);
  Windows out;
  out.signals = signals;
  for (std::size_t t = 0; t < rows; ++t) {
    for (std::size_t s = 0; s < signals; ++s) {
      const double angle = static_cast<double>(t) / (3.0 + static_cast<double>(s));
      out.values.push_back(static_cast<float>(std::sin(angle) + 0.1 * random.normal()));
    }
  }
  const Stretch all{0, rows};
  out.starts = starts_within(std::span(&all, 1), length);
  return out;
}

Result<std::unique_ptr<ServedNetwork>> served_by_onnx(const Network& network, bool int8) {
  const auto& o = network.options();
  return load_onnx(network.to_onnx({.int8 = int8}), {1, o.rows, o.signals},
                   {1, network.rows_out(), o.signals});
}

/// Root mean square of the difference that eight-bit weights make, as a share of the answers' own.
Result<double> loss_by_int8(const Network& network, const Windows& windows) {
  GEMEL_ASSIGN(const auto full, served_by_onnx(network, false));
  GEMEL_ASSIGN(const auto small, served_by_onnx(network, true));
  const std::size_t size = network.options().rows * windows.signals;
  std::vector<float> a(network.rows_out() * windows.signals), b(a.size());
  double off = 0.0, all = 0.0;
  for (std::size_t i = 0; i < windows.starts.size(); i += 50) {
    const std::span window(windows.row(windows.starts[i]), size);
    GEMEL_TRY(full->answer(window, a));
    GEMEL_TRY(small->answer(window, b));
    for (std::size_t j = 0; j < a.size(); ++j) {
      off += std::pow(a[j] - b[j], 2);
      all += std::pow(a[j], 2);
    }
  }
  return std::sqrt(off / all);
}

/// Of this thread alone: on a machine that others use as well, the core may be gone for
/// milliseconds in the midst of a step.
double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Microseconds of each step, in order of size.
struct StepTimes {
  std::vector<double> thread, wall;
};

Result<StepTimes> step_times(const Network& network, const Windows& windows, bool int8,
                             std::size_t steps) {
  const auto& o = network.options();
  GEMEL_ASSIGN(const auto served, served_by_onnx(network, int8));
  std::vector<float> out(network.rows_out() * o.signals);
  StepTimes times;
  const std::size_t size = o.rows * o.signals;
  for (std::size_t i = 0; i < steps + 500; ++i) {
    const float* window = windows.row(windows.starts[i % windows.starts.size()]);
    const auto from = SteadyClock::now();
    const double thread_from = thread_seconds();
    GEMEL_TRY(served->answer({window, size}, out));
    if (i < 500) continue;
    times.thread.push_back(1e6 * (thread_seconds() - thread_from));
    times.wall.push_back(1e6 * seconds_since(from));
  }
  std::ranges::sort(times.thread);
  std::ranges::sort(times.wall);
  return times;
}

double at_share(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

std::string size_of(const Network& network) {
  const auto& o = network.options();
  return fmt::format("{} signals x {} rows{}, width {}, {} parameters", o.signals, o.rows,
                     o.horizon > 0 ? fmt::format(" + {}", o.horizon) : "", o.width,
                     network.parameters().numbers());
}

Result<std::vector<Finding>> speed_of(const NetworkOptions& options, bool quick,
                                      std::optional<double> aim) {
  const std::size_t length = options.rows + options.horizon;
  const auto windows = made_up(6000, options.signals, length);
  auto sized = options;
  if (options.kind == NetworkKind::TimesNet) {
    const auto periods = periods_of(windows, options.rows, 2);
    sized.periods = periods.rows;
    sized.weights = periods.weights;
  }
  GEMEL_ASSIGN(const auto network, Network::make(sized, 1));
  FitOptions fitting;
  fitting.epochs = 1;
  fitting.windows_max = quick ? 1024 : 4096;
  fitting.batch = 128;
  auto few = windows;
  few.starts.resize(64);
  const auto from = SteadyClock::now();
  GEMEL_ASSIGN(const auto report, fit(*network, windows, few, fitting));
  const double trained_per_s = static_cast<double>(report.windows) / seconds_since(from);

  const std::string data = std::string(to_string(options.kind)) + ", made-up data";
  std::vector<Finding> findings;
  for (const bool int8 : {false, true}) {
    GEMEL_ASSIGN(const auto times, step_times(*network, windows, int8, quick ? 2'000 : 20'000));
    const std::string weights = int8 ? "eight-bit" : "float";
    findings.push_back(
        {.data = data,
         .metric = "step p99, µs, " + weights,
         .values = {at_share(times.thread, 0.99)},
         .lower_is_better = true,
         .aim = int8 ? std::nullopt : aim,
         .note = fmt::format("p50 {:.0f} µs; by the wall clock {:.0f} and {:.0f}; {}",
                             at_share(times.thread, 0.5), at_share(times.wall, 0.99),
                             at_share(times.wall, 0.5), size_of(*network))});
  }
  GEMEL_ASSIGN(const double loss, loss_by_int8(*network, windows));
  findings.push_back({.data = data,
                      .metric = "change by eight-bit weights, %",
                      .values = {100.0 * loss},
                      .lower_is_better = true,
                      .note = "of the answers' root mean square"});
  findings.push_back({.data = data,
                      .metric = "training, windows/s",
                      .values = {trained_per_s},
                      .note = "batches of 128 in two shares"});
  return findings;
}

}  // namespace

Result<std::vector<Finding>> study_networks(const StudyOptions& options) {
  const auto sized = [](NetworkKind kind, std::size_t rows, std::size_t horizon) {
    NetworkOptions out;
    out.kind = kind;
    out.signals = 8;
    out.rows = rows;
    out.horizon = horizon;
    return out;
  };
  const std::vector<std::pair<NetworkOptions, std::optional<double>>> all{
      {sized(NetworkKind::LstmAutoencoder, 32, 0), 200.0},
      {sized(NetworkKind::PatchTst, 64, 8), 200.0},
      {sized(NetworkKind::TimesNet, 64, 8), std::nullopt},
      {sized(NetworkKind::Mlp, 32, 8), std::nullopt}};
  std::vector<Finding> findings;
  for (const auto& [network, aim] : all) {
    GEMEL_ASSIGN(const auto some, speed_of(network, options.quick, aim));
    findings.insert(findings.end(), some.begin(), some.end());
  }
  return findings;
}

}  // namespace gemel::bench
