#pragma once
// What wears out: cutting tools and rolling bearings.
// Source: ISO 3685 and Taylor, "On the art of cutting metals", 1907; ISO 281 (rating life) with
// Palmgren's and Miner's sum of damage.

#include "equations/component.hpp"
#include "equations/detail/hydraulic.hpp"

namespace gemel::equations::detail {

/// A cutting tool: at cutting speed v its flank wears to the limit in (C / v)^(1/n), Taylor's law.
struct ToolWear : NoEquations {
  static constexpr std::string_view kName = "tool_wear";
  static constexpr std::string_view kSummary = "flank wear of a cutting tool by Taylor's law";
  static constexpr std::array kParameters{
      QuantityKind{"speed_of_a_second", "m/s", "C: at which the tool lasts one second", kMustBeSaid,
                   1e-3, 1e4},
      QuantityKind{"exponent", "1", "n: 0.1 steel, 0.25 carbide, 0.4 ceramic", 0.25, 0.02, 1.0},
      QuantityKind{"wear_limit", "m", "flank wear at which it is spent", 3e-4, 1e-6, 1e-2}};
  static constexpr std::array kStates{QuantityKind{"wear", "m", "of the flank", 0.0, 0.0, 1.0}};
  static constexpr std::array kInputs{
      QuantityKind{"cutting_speed", "m/s", "0: it does not cut", 0.0, 0.0, 1e4}};
  static constexpr std::array kOutputs{
      QuantityKind{"spent", "1", "share of its life", 0.0, 0.0, kUnbounded},
      QuantityKind{"time_left", "s", "at this speed", 0.0, -kUnbounded, kUnbounded}};
  template <class Plain>
  static void rates(const Plain*, const Plain*, const Situation<Plain>& now, Plain* slope,
                    Plain* output) {
    const Plain share = max(now.input[0] / now.parameter[0], Plain(1e-12));
    const Plain pace = now.parameter[2] * exp(log(share) / now.parameter[1]);
    slope[0] = choose(now.input[0] > 0.0, pace, Plain(0.0));
    output[0] = now.state[0] / now.parameter[2];
    output[1] = (now.parameter[2] - now.state[0]) / max(pace, Plain(1e-30));
  }
};

/// A rolling bearing: damage grows by turns over those of its rating life, (C / P)^p million; its
/// vibration grows with damage.
struct BearingDegradation : NoEquations {
  static constexpr std::string_view kName = "bearing_degradation";
  static constexpr std::string_view kSummary = "damage of a rolling bearing by its rating life";
  static constexpr std::array kParameters{
      QuantityKind{"dynamic_rating", "N", "C of the catalogue", kMustBeSaid, 1.0, 1e9},
      QuantityKind{"exponent", "1", "p: 3 for balls, 10/3 for rollers", 3.0, 1.0, 10.0},
      QuantityKind{"life_factor", "1", "a1 · aISO: reliability and lubrication", 1.0, 1e-3, 1e3},
      QuantityKind{"clean_vibration", "m/s", "without damage", 1e-3, 0.0, 1.0},
      QuantityKind{"growth", "1", "natural logarithm of vibration at failure over clean", 2.5, 0.0,
                   20.0}};
  static constexpr std::array kStates{
      QuantityKind{"damage", "1", "0 new … 1 failed", 0.0, 0.0, 10.0}};
  static constexpr std::array kInputs{
      QuantityKind{"speed", "rad/s", "of the shaft", kMustBeSaid, 0.0, 1e5},
      QuantityKind{"load", "N", "equivalent dynamic load", kMustBeSaid, 0.0, 1e9}};
  static constexpr std::array kOutputs{
      QuantityKind{"vibration", "m/s", "velocity, effective", 0.0, 0.0, kUnbounded},
      QuantityKind{"time_left", "s", "at this speed and load", 0.0, -kUnbounded, kUnbounded}};
  template <class Plain>
  static void rates(const Plain*, const Plain*, const Situation<Plain>& now, Plain* slope,
                    Plain* output) {
    const Plain share = max(now.input[1] / now.parameter[0], Plain(1e-9));
    const Plain turns_left = 1e6 * now.parameter[2] * exp(-(now.parameter[1] * log(share)));
    const Plain pace = now.input[0] * (1.0 / 6.283185307179586) / turns_left;
    slope[0] = pace;
    output[0] = now.parameter[3] * exp(now.parameter[4] * now.state[0]);
    output[1] = (1.0 - now.state[0]) / max(pace, Plain(1e-30));
  }
};

}  // namespace gemel::equations::detail
