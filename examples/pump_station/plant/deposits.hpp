// What the river leaves on the strainers: slow, with the water that passes.
#pragma once

#include <array>
#include <cstdint>

#include "hydraulics.hpp"
#include "random.hpp"

namespace riverside {

/// The share of each strainer's mesh that deposits cover.
///
///   d share/dt = rate · load(t) · Q      rate: of the line's own mesh, drawn once, per m³
///                                        load: the river's silt, the same for both lines, mean 1
///
/// With 360 m³ a day through a line, 0.18 in 30 days on average. It has its own generator, so that
/// the river's silt changes nothing else of what happens by chance.
class Deposits {
 public:
  static constexpr double kRatePerM3 = 1.7e-5;  ///< mean over lines and time
  static constexpr double kShareMax = 0.9;

  /// Clean strainers in a river whose silt is somewhere in its usual range.
  explicit Deposits(std::uint64_t seed);

  /// Water passes for one scan of `step_s`; the silt and the shares move once a second.
  void advance(const std::array<double, kLineCount>& flow_m3_s, double step_s);

  /// 0 clean … 0.9.
  double share(int line) const { return share_[line]; }

  /// Puts deposits there, 0 (a cleaning) … 0.9; beyond that it's held.
  void lay(int line, double share);

  /// Whether the shares can be; false only for a damaged state file.
  bool plausible() const;

  /// The river's silt over its mean.
  double load() const;
  /// Of one line, per m³ at the mean load.
  double rate_per_m3(int line) const { return rate_per_m3_[line]; }

  template <class Visitor>
  void visit(Visitor& v) {
    v("chance", chance_);
    v("silt", silt_);
    v("rate", rate_per_m3_);
    v("share", share_);
    v("passed", passed_m3_);
    v("elapsed", elapsed_s_);
  }

 private:
  static constexpr double kStepS = 1.0;
  static constexpr double kSiltMemoryS = 5.0 * 86'400.0;

  Random chance_;
  Wander silt_{kSiltMemoryS, kStepS};
  std::array<double, kLineCount> rate_per_m3_{};
  std::array<double, kLineCount> share_{};
  std::array<double, kLineCount> passed_m3_{};  // since the last step
  double elapsed_s_ = 0.0;                      // likewise
};

}  // namespace riverside
