#include "deposits.hpp"

#include <algorithm>
#include <cmath>

namespace riverside {
namespace {

constexpr double kSiltSpread = 0.3;
constexpr double kRateSpread = 0.2;

/// Log-normal with mean 1.
double around_one(double spread, double normal) {
  return std::exp(spread * normal - spread * spread / 2.0);
}

}  // namespace

Deposits::Deposits(std::uint64_t seed) : chance_(seed) {
  silt_.scatter(chance_);
  for (double& rate : rate_per_m3_) rate = kRatePerM3 * around_one(kRateSpread, chance_.normal());
}

double Deposits::load() const { return around_one(kSiltSpread, silt_.value()); }

void Deposits::advance(const std::array<double, kLineCount>& flow_m3_s, double step_s) {
  for (int i = 0; i < kLineCount; ++i) passed_m3_[i] += flow_m3_s[i] * step_s;
  elapsed_s_ += step_s;
  if (elapsed_s_ < kStepS - step_s / 2.0) return;
  elapsed_s_ = 0.0;
  silt_.advance(chance_);
  const double silt = load();
  for (int i = 0; i < kLineCount; ++i) {
    lay(i, share_[i] + rate_per_m3_[i] * silt * passed_m3_[i]);
    passed_m3_[i] = 0.0;
  }
}

bool Deposits::plausible() const {
  return std::all_of(share_.begin(), share_.end(),
                     [](double share) { return share >= 0.0 && share <= kShareMax; });
}

void Deposits::lay(int line, double share) { share_[line] = std::clamp(share, 0.0, kShareMax); }

}  // namespace riverside
