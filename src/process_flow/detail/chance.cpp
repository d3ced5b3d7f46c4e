#include "process_flow/detail/chance.hpp"

#include <array>

namespace gemel::process_flow::detail {

std::uint64_t seed_of(const RunSettings& settings, std::string_view name,
                      std::string_view purpose) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  const auto mix = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  };
  mix(name);
  mix("\n");
  mix(purpose);
  return hash ^ (settings.seed * 0x9e3779b97f4a7c15ULL) ^
         ((settings.replication + 1) * 0xbf58476d1ce4e5b9ULL);
}

double draw_met(const Distribution& times, Random& random) {
  constexpr std::size_t kParts = 64;
  const double u = random.uniform(), within = random.uniform();
  if (times.kind() == Distribution::Kind::Constant) return std::max(times.mean(), 0.0);
  std::array<double, kParts> up_to{};
  double sum = 0.0;
  for (std::size_t i = 0; i < kParts; ++i)
    up_to[i] = sum += std::max(times.quantile((static_cast<double>(i) + 0.5) / kParts), 0.0);
  const auto part = std::upper_bound(up_to.begin(), up_to.end() - 1, u * sum) - up_to.begin();
  const double p = (static_cast<double>(part) + within) / kParts;
  return std::max(times.quantile(std::max(p, 0x1.0p-54)), 0.0);
}

double draw_rest(const Distribution& times, double age, Random& random) {
  // An exponential time forgets how long it has lasted; computed so, it also does in the last
  // digit.
  if (times.kind() == Distribution::Kind::Exponential || age <= 0.0)
    return std::max(times.draw(random), 0.0);
  const double over = times.probability(age);
  const double p = over + random.uniform() * (1.0 - over);
  return std::max(times.quantile(std::clamp(p, 0x1.0p-54, 1.0 - 0x1.0p-53)) - age, 0.0);
}

}  // namespace gemel::process_flow::detail
