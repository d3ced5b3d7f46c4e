// Averages over Sobol's points beside averages over random ones, of smooth functions of three
// numbers whose mean is known.

#include "base/sobol.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "base/random.hpp"
#include "parts.hpp"

namespace gemel::bench {
namespace {

struct Case {
  const char* name;
  double (*value)(double a, double b, double c);
  double exact;
};

const Case kCases[] = {
    {"exp(a + b + c)", [](double a, double b, double c) { return std::exp(a + b + c); },
     std::pow(std::numbers::e - 1.0, 3)},
    {"(1 + a²)(1 + b²)(1 + c²)",
     [](double a, double b, double c) { return (1 + a * a) * (1 + b * b) * (1 + c * c); },
     64.0 / 27.0},
    {"a charging capacitor: 1 − exp(−t / (r c))",
     [](double a, double b, double c) { return 1.0 - std::exp(-(1 + a) / ((1 + b) * (1 + c))); },
     0.0},
};

/// By Gauss's rule with three points on each of 64 pieces of each axis: sixteen digits here.
double exact_mean(const Case& of) {
  if (of.exact != 0.0) return of.exact;
  constexpr int kPieces = 16;
  constexpr double kAside = 0.774596669241483377;
  const double places[] = {-kAside, 0.0, kAside}, weights[] = {5.0 / 18, 8.0 / 18, 5.0 / 18};
  double sum = 0.0;
  const auto at = [&](int i) {
    return (static_cast<double>(i / 3) + 0.5 + 0.5 * places[i % 3]) / kPieces;
  };
  for (int i = 0; i < 3 * kPieces; ++i) {
    for (int j = 0; j < 3 * kPieces; ++j) {
      for (int k = 0; k < 3 * kPieces; ++k) {
        sum += weights[i % 3] * weights[j % 3] * weights[k % 3] * of.value(at(i), at(j), at(k));
      }
    }
  }
  return sum / (kPieces * kPieces * kPieces);
}

}  // namespace

std::vector<Measurement> measure_sobol(const Options& options) {
  const std::uint64_t seeds = options.quick ? 50 : 400;
  constexpr std::size_t kPoints = 1'024;
  std::vector<Measurement> rows;
  for (const auto& each : kCases) {
    const double exact = exact_mean(each);
    double even = 0.0, drawn = 0.0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const Sobol points(3, seed);
      Random random(seed);
      double by_points = 0.0, by_chance = 0.0;
      for (std::size_t i = 0; i < kPoints; ++i) {
        by_points += each.value(points.at(i, 0), points.at(i, 1), points.at(i, 2));
        const double a = random.uniform(), b = random.uniform(), c = random.uniform();
        by_chance += each.value(a, b, c);
      }
      even += std::pow(by_points / kPoints - exact, 2);
      drawn += std::pow(by_chance / kPoints - exact, 2);
    }
    rows.push_back(
        {.name = std::string("error of 1,024 points: ") + each.name,
         .value = std::sqrt(even / static_cast<double>(seeds)),
         .unit = "",
         .better = "lower",
         .peer = "random, times " + std::to_string(static_cast<int>(std::sqrt(drawn / even))),
         .peer_value = std::sqrt(drawn / static_cast<double>(seeds)),
         .aim = std::sqrt(drawn / static_cast<double>(seeds)) / 500.0});
  }
  return rows;
}

}  // namespace gemel::bench
