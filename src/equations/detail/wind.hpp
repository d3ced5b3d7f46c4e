#pragma once
// Wind turbines and the wakes that they leave.
// Source: Burton et al., "Wind Energy Handbook", 2nd ed., 2011, ch. 3 and 6; Jensen, "A note on
// wind generator interaction", Risø-M-2411, 1983.

#include "equations/component.hpp"
#include "equations/detail/hydraulic.hpp"

namespace gemel::equations::detail {

/// A turbine with pitch control: the rotor's power coefficient below rated wind, rated power above;
/// its rotor follows the wind with a lag.
struct WindTurbine : NoEquations {
  static constexpr std::string_view kName = "wind_turbine";
  static constexpr std::string_view kSummary =
      "a wind turbine by its power and thrust coefficients";
  static constexpr std::array kParameters{
      QuantityKind{"diameter", "m", "of the rotor", kMustBeSaid, 0.1, 500.0},
      QuantityKind{"rated_power", "W", "electrical", kMustBeSaid, 1.0, 1e8},
      QuantityKind{"power_coefficient", "1", "best, rotor and drive train", 0.44, 0.01, 0.593},
      QuantityKind{"thrust_coefficient", "1", "below rated wind", 0.8, 0.0, 0.99},
      QuantityKind{"cut_in", "m/s", "wind at which it starts", 3.5, 0.0, 50.0},
      QuantityKind{"cut_out", "m/s", "wind at which it stops", 25.0, 1.0, 100.0},
      QuantityKind{"lag", "s", "with which the rotor follows", 5.0, 1e-3, 1e4},
      QuantityKind{"air_density", "kg/m3", "", 1.225, 0.1, 3.0}};
  static constexpr std::array kStates{
      QuantityKind{"felt_wind", "m/s", "what the rotor has followed", 0.0, 0.0, 100.0}};
  static constexpr std::array kInputs{
      QuantityKind{"wind", "m/s", "before the rotor", kMustBeSaid, 0.0, 100.0}};
  static constexpr std::array kOutputs{
      QuantityKind{"power", "W", "electrical", 0.0, 0.0, kUnbounded},
      QuantityKind{"thrust_coefficient", "1", "now", 0.0, 0.0, 1.0}};
  template <class Plain>
  static void rates(const Plain*, const Plain*, const Situation<Plain>& now, Plain* slope,
                    Plain* output) {
    const Plain wind = now.state[0];
    const Plain in_wind = 0.5 * 0.7853981633974483 * now.parameter[7] * now.parameter[0] *
                          now.parameter[0] * wind * wind * wind;
    const Plain free = now.parameter[2] * in_wind;
    const Plain power = min(free, now.parameter[1]);
    const auto turns = (wind >= now.parameter[4]) & (wind <= now.parameter[5]);
    slope[0] = (now.input[0] - wind) / now.parameter[6];
    output[0] = choose(turns, power, Plain(0.0));
    // Above rated wind the blades let it through: thrust falls with the power that is taken.
    output[1] = choose(turns, now.parameter[3] * power / max(free, Plain(1e-9)), Plain(0.0));
  }
};

/// The wind behind a rotor: 1 − (1 − √(1 − ct)) / (1 + 2 k x / D)² of that before it, on the share
/// of the next rotor that lies in the wake.
struct Wake : NoEquations {
  static constexpr std::string_view kName = "wake";
  static constexpr std::string_view kSummary = "the slower wind behind a turbine";
  static constexpr std::array kParameters{
      QuantityKind{"diameter", "m", "of the rotor that makes it", kMustBeSaid, 0.1, 500.0},
      QuantityKind{"distance", "m", "downwind", kMustBeSaid, 1.0, 1e5},
      QuantityKind{"decay", "1", "k: 0.075 on land, 0.05 at sea", 0.075, 0.01, 0.2},
      QuantityKind{"overlap", "1", "share of the next rotor within it", 1.0, 0.0, 1.0}};
  static constexpr std::array kInputs{
      QuantityKind{"wind", "m/s", "before the rotor", kMustBeSaid, 0.0, 100.0},
      QuantityKind{"thrust_coefficient", "1", "of the rotor", kMustBeSaid, 0.0, 1.0}};
  static constexpr std::array kOutputs{QuantityKind{"wind", "m/s", "behind", 0.0, 0.0, 100.0}};
  template <class Plain>
  static void rates(const Plain*, const Plain*, const Situation<Plain>& now, Plain*,
                    Plain* output) {
    const Plain taken = 1.0 - sqrt(max(1.0 - now.input[1], Plain(0.0)));
    const Plain wider = 1.0 + 2.0 * now.parameter[2] * now.parameter[1] / now.parameter[0];
    output[0] = now.input[0] * (1.0 - now.parameter[3] * taken / (wider * wider));
  }
};

}  // namespace gemel::equations::detail
