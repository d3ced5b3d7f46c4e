#pragma once
// The benchmark's samples: what a few hundred machines tell once a second, with the faults that
// real collectors have. Every number comes from one seed.

#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "core/sample.hpp"

namespace gemel::bench {

struct WorkloadOptions {
  std::uint32_t signals = 10'000;
  std::uint32_t ticks = 1'000;  // samples of each signal
  Duration period = Duration::seconds(1);
  std::uint64_t seed = 42;
  Timestamp start = {1'767'225'600'000'000'000};  // 2026-01-01T00:00:00Z
};

/// Samples in the order of their arrival. The signals of an asset share a phase within the period;
/// each source time has a jitter of 2 ms (standard deviation) and counts whole milliseconds. One
/// sample in a hundred arrives 2 to 5 periods late, one in two hundred never. Values are multiples
/// of 0.01: slow first-order processes with sensor noise, Poisson counters, and set points that
/// change once in five hundred periods.
class Workload {
 public:
  explicit Workload(const WorkloadOptions& options);

  /// Adds what arrives during the next period; false when everything has arrived.
  bool arrive(std::vector<Sample>& samples);

  /// After the newest source time that can come.
  Timestamp end() const;
  const WorkloadOptions& options() const { return options_; }

 private:
  static constexpr std::uint32_t kLatestTicks = 5;

  struct Process {  // what one signal is made by; which members count depends on its kind
    double value = 0.0;
    double mean = 0.0;
    double pull = 0.0;   // towards the mean, a period
    double drift = 0.0;  // standard deviation a period
    double noise = 0.0;  // of the sensor, standard deviation
    double rate = 0.0;   // of counting, a period
  };

  double next_value(std::uint32_t signal);
  double poisson(double mean);
  void sample(std::uint32_t signal, std::int64_t tick_ms, std::vector<Sample>& samples);

  WorkloadOptions options_;
  Random random_;
  std::vector<Process> processes_;
  std::vector<std::int64_t> phase_ms_;     // of the assets
  std::vector<std::uint32_t> assets_;      // in the order of their phases
  std::vector<std::vector<Sample>> late_;  // a ring by tick of arrival
  std::uint32_t tick_ = 0;
};

}  // namespace gemel::bench
