// What the station's tests share: a settled station and averages over time.
#pragma once

#include "plant.hpp"

namespace riverside {

/// 2026-06-02T10:00:00Z, a summer morning of middling demand.
inline constexpr EpochMs kMorning = 1'780'394'400'000;

/// The same settled station each time; settled once, then copied.
inline const Plant& settled_plant() {
  static const Plant plant = Plant::settled_at(kMorning, 7);
  return plant;
}

inline double truth(const Plant& plant, int line, LineSignal signal) {
  return plant.truth(index_of(line, signal));
}
inline double truth(const Plant& plant, StationSignal signal) {
  return plant.truth(index_of(signal));
}

inline void run_for(Plant& plant, double seconds) {
  plant.run_until(plant.now() + static_cast<EpochMs>(seconds * 1e3));
}

/// Mean and spread of the readings over the next `seconds`; the plant moves on.
struct Stretch {
  std::array<double, kSignalCount> mean{};
  std::array<double, kSignalCount> deviation{};
};

inline Stretch watch(Plant& plant, int seconds) {
  std::array<double, kSignalCount> sum{}, square{};
  for (int s = 0; s < seconds; ++s) {
    run_for(plant, 1.0);
    for (std::size_t i = 0; i < kSignalCount; ++i) {
      const double value = plant.readings()[i].value.value_or(0.0);
      sum[i] += value;
      square[i] += value * value;
    }
  }
  Stretch out;
  for (std::size_t i = 0; i < kSignalCount; ++i) {
    out.mean[i] = sum[i] / seconds;
    out.deviation[i] = std::sqrt(std::max(square[i] / seconds - out.mean[i] * out.mean[i], 0.0));
  }
  return out;
}

inline FaultRequest fault_of_line(FaultKind kind, int line, double severity, double ramp_s = 5.0) {
  FaultRequest request;
  request.kind = kind;
  request.line = line;
  request.severity = severity;
  request.ramp_s = ramp_s;
  return request;
}

}  // namespace riverside
