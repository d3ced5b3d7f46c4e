#include "surrogates/sensitivity.hpp"

#include <algorithm>

#include "base/sobol.hpp"

namespace gemel::surrogates {

std::vector<Sensitivity> sensitivities(const TrainedSurrogate& surrogate, std::size_t answer,
                                       std::size_t points, std::uint64_t seed) {
  const auto& factors = surrogate.factors();
  const std::size_t d = factors.size();
  const Sobol even(2 * d, seed);
  const auto place = [&](std::size_t i, std::size_t k, bool second) {
    return std::clamp(factors[k].quantile(even.at(i, second ? d + k : k)), factors[k].low,
                      factors[k].high);
  };
  // All factors of the first half, but for `swapped`, which is of the second.
  const auto predicted = [&](std::size_t swapped, bool second) {
    std::vector<double> inputs;
    inputs.reserve(points * d);
    for (std::size_t i = 0; i < points; ++i) {
      for (std::size_t k = 0; k < d; ++k) inputs.push_back(place(i, k, second || k == swapped));
    }
    std::vector<Prediction> out(points);
    surrogate.predict(answer, inputs, out);
    return out;
  };
  const auto a = predicted(d, false), b = predicted(d, true);
  const auto n = static_cast<double>(points);
  double mean = 0.0, variance = 0.0;
  for (std::size_t i = 0; i < points; ++i) mean += (a[i].mean + b[i].mean) / (2.0 * n);
  for (std::size_t i = 0; i < points; ++i) {
    variance +=
        ((a[i].mean - mean) * (a[i].mean - mean) + (b[i].mean - mean) * (b[i].mean - mean)) /
        (2.0 * n);
  }
  std::vector<Sensitivity> out(d);
  if (!(variance > 0.0)) return out;
  for (std::size_t k = 0; k < d; ++k) {
    const auto mixed = predicted(k, false);
    for (std::size_t i = 0; i < points; ++i) {
      out[k].alone += (b[i].mean - mean) * (mixed[i].mean - a[i].mean) / (n * variance);
      const double by = a[i].mean - mixed[i].mean;
      out[k].total += by * by / (2.0 * n * variance);
    }
  }
  return out;
}

}  // namespace gemel::surrogates
