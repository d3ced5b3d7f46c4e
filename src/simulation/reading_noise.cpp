#include "simulation/reading_noise.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "simulation/wander.hpp"

namespace gemel::simulation {
namespace {

constexpr std::size_t kReadingsMin = 100;
constexpr std::size_t kReadingsMax = 1'000'000;
constexpr double kLeastShare = 1e-4;
constexpr double kLeast = 1e-9;

}  // namespace

Result<double> reading_noise(const HistoryReader& history, const Signal& signal, TimeRange range,
                             Timestamp known_at) {
  GEMEL_ASSIGN(const auto records, history.read(signal.id, range, known_at, kReadingsMax));
  std::vector<double> readings;
  double size = 0.0;
  for (const auto& record : records) {
    if (!record.quality.usable()) continue;
    readings.push_back(signal.unit.scale * record.value);
    size = std::max(size, std::abs(readings.back()));
  }
  if (readings.size() < kReadingsMin) {
    return Error{ErrorCode::Unavailable,
                 signal.path + " has " + std::to_string(readings.size()) +
                     " usable readings in the training stretch; its noise is learnt from " +
                     std::to_string(kReadingsMin) + " or more, or say it under 'noise'"};
  }
  const double noise = fit_wander(readings, signal.period).noise_sd;
  return std::max({noise, kLeastShare * size, kLeast});
}

}  // namespace gemel::simulation
