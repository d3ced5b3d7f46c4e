#pragma once
// What moves a plant: actuators, drives and controllers that follow a setpoint, and consumers who
// follow nobody.
// Source: Åström & Hägglund, "Advanced PID Control", 2006 (deadband, rate limit, integrator that
// waits at the limits); Gardiner, "Stochastic Methods", 4th ed., 2009 (Ornstein–Uhlenbeck process).

#include <numbers>

#include "equations/component.hpp"
#include "equations/detail/hydraulic.hpp"

namespace gemel::equations::detail {

/// How fast `now` goes towards `wanted`: at `rate`, and within the last `lag` seconds of the way
/// ever slower.
template <class Plain>
Plain ramped(const Plain& wanted, const Plain& now, const Plain& rate, const Plain& lag) {
  return min(max((wanted - now) / lag, -rate), rate);
}

/// A valve's actuator: the stem goes to its setpoint at one pace.
struct Actuator : NoEquations {
  static constexpr std::string_view kName = "actuator";
  static constexpr std::string_view kSummary = "moves a valve's stem to its setpoint at one pace";
  static constexpr std::array kParameters{
      QuantityKind{"stroke_time", "s", "from shut to open", 30.0, 1e-2, 1e5},
      QuantityKind{"lag", "s", "with which it arrives", 2.0, 1e-3, 1e4}};
  static constexpr std::array kStates{
      QuantityKind{"position", "1", "0 shut … 1 open", 1.0, 0.0, 1.0}};
  static constexpr std::array kInputs{
      QuantityKind{"setpoint", "1", "position asked for", 1.0, 0.0, 1.0},
      QuantityKind{"offset", "1", "where it rests beside its setpoint", 0.0, -1.0, 1.0}};
  template <class Plain>
  static void rates(const Plain*, const Plain*, const Situation<Plain>& now, Plain* slope, Plain*) {
    slope[0] =
        ramped(now.input[0] + now.input[1], now.state[0], 1.0 / now.parameter[0], now.parameter[1]);
  }
};

/// A drive with its motor: the shaft's speed follows the setpoint along a ramp and stays behind it
/// by the slip that the drive does not make up for; the power is the load's and the losses, of
/// which one part grows with speed squared and one with torque squared. `motor` knows its heat too.
struct Drive : NoEquations {
  static constexpr std::string_view kName = "drive";
  static constexpr std::string_view kSummary =
      "a motor on a drive: speed on a ramp, power by nameplate losses";
  static constexpr std::array kParameters{
      QuantityKind{"ramp", "rad/s2", "how fast its speed changes", 1.0, 1e-6, 1e6},
      QuantityKind{"lag", "s", "with which it arrives", 2.0, 1e-3, 1e4},
      QuantityKind{"rated_power", "W", "at the shaft", 1e3, 1e-3, 1e9},
      QuantityKind{"rated_speed", "rad/s", "of the shaft", 150.0, 1e-3, 1e5},
      QuantityKind{"idle_losses", "W", "at rated speed without a load", 0.0, 0.0, 1e8},
      QuantityKind{"load_losses", "W", "more than these at rated power", 0.0, 0.0, 1e8}};
  static constexpr std::array kStates{
      QuantityKind{"speed", "rad/s", "of the shaft", kMustBeSaid, 0.0, 1e5}};
  static constexpr std::array kInputs{
      QuantityKind{"setpoint", "rad/s", "speed asked for", kMustBeSaid, 0.0, 1e5},
      QuantityKind{"slip", "1", "share of the setpoint that is missing", 0.0, -0.5, 0.5},
      QuantityKind{"load", "W", "at the shaft", 0.0, -1e9, 1e9}};
  static constexpr std::array kOutputs{
      QuantityKind{"power", "W", "taken from the mains", 0.0, -kUnbounded, kUnbounded}};
  template <class Plain>
  static void rates(const Plain*, const Plain*, const Situation<Plain>& now, Plain* slope,
                    Plain* output) {
    const auto* p = now.parameter;
    slope[0] = ramped(now.input[0] * (1.0 - now.input[1]), now.state[0], p[0], p[1]);
    const Plain share = now.state[0] / p[3];
    const Plain torque = now.input[2] / p[2] / max(share, Plain(0.02));
    output[0] = now.input[2] + p[4] * share * share + p[5] * torque * torque;
  }
};

/// Holds a tank's level by a pump's speed: proportional and integral outside a deadband, within
/// limits, on a ramp. Somebody's own setpoint (`manual`, not 0) takes its place; the integral then
/// follows, so that it goes on from there.
struct LevelController : NoEquations {
  static constexpr std::string_view kName = "level_controller";
  static constexpr std::string_view kSummary = "holds a tank's level by a pump's speed";
  static constexpr std::array kParameters{
      QuantityKind{"setpoint", "m", "level that it holds", kMustBeSaid, -1e4, 1e4},
      QuantityKind{"deadband", "m", "to both sides, within which it rests", 0.0, 0.0, 1e3},
      QuantityKind{"gain", "rad/(s.m)", "speed for a metre", kMustBeSaid, 0.0, 1e6},
      QuantityKind{"integral_time", "s", "in which the integral repeats the gain", 1e3, 1e-3, 1e9},
      QuantityKind{"ramp", "rad/s2", "how fast its answer changes", 1.0, 1e-9, 1e6},
      QuantityKind{"speed_min", "rad/s", "least that it asks for", 0.0, 0.0, 1e5},
      QuantityKind{"speed_max", "rad/s", "most that it asks for", kMustBeSaid, 0.0, 1e5},
      QuantityKind{"lag", "s", "with which it arrives", 2.0, 1e-3, 1e4}};
  static constexpr std::array kStates{
      QuantityKind{"speed", "rad/s", "that it asks for", kMustBeSaid, 0.0, 1e5},
      QuantityKind{"integral", "rad/s", "asked for at the level's setpoint", kMustBeSaid, 0.0,
                   1e5}};
  static constexpr std::array kInputs{
      QuantityKind{"level", "m", "of the tank", kMustBeSaid, -1e4, 1e4},
      QuantityKind{"manual", "rad/s", "speed set by hand; 0: automatic", 0.0, 0.0, 1e5}};
  template <class Plain>
  static void rates(const Plain*, const Plain*, const Situation<Plain>& now, Plain* slope, Plain*) {
    const auto* p = now.parameter;
    const Plain low_by = p[0] - now.input[0];
    const Plain beyond = max(low_by - p[1], Plain(0.0)) + min(low_by + p[1], Plain(0.0));
    const Plain wanted = now.state[1] + p[2] * beyond;
    const auto by_hand = now.input[1] > 0.0;
    const Plain asked = min(max(choose(by_hand, now.input[1], wanted), p[5]), p[6]);
    const Plain step = ramped(asked, now.state[0], p[4], p[7]);
    const auto free = (wanted > p[5]) & (wanted < p[6]);
    const Plain integral = choose(free, p[2] * beyond / p[3], Plain(0.0));
    slope[0] = step;
    slope[1] = choose(by_hand, ramped(asked, now.state[1], p[4], p[7]), integral);
  }
};

/// What consumers take: it comes back to what is usual at this hour, and that to its mean with the
/// rhythm of a day and of half a day. All wander as their process noise (`follow` in a twin file)
/// moves them, so that a filter learns the rhythm: what is usual at once, its parts within days.
/// The rhythm's two oscillations are held by their sum and their difference: the first is known as
/// soon as what is usual is, the second is independent of it until both are. Source: Gardiner (two
/// Ornstein–Uhlenbeck processes, one about the other); Young, Pedregal & Tych, "Dynamic harmonic
/// regression", Journal of Forecasting 18, 1999.
struct Demand : NoEquations {
  static constexpr std::string_view kName = "demand";
  static constexpr std::string_view kSummary =
      "what consumers take, wandering about what is usual; with the rhythm of the day";
  static constexpr std::array kParameters{
      QuantityKind{"memory", "s", "of consumers one by one", 15.0, 1e-2, 1e9},
      QuantityKind{"usual_memory", "s", "of what is usual", 3600.0, 1e-2, 1e9}};
  static constexpr std::array kStates{
      QuantityKind{"flow", "m3/s", "taken, as a meter shows it", kMustBeSaid, -1e6, 1e6},
      QuantityKind{"usual", "m3/s", "of this hour", kMustBeSaid, -1e6, 1e6},
      QuantityKind{"rhythm", "m3/s", "above the mean at this hour, by day and half day", 0.0, -1e6,
                   1e6},
      QuantityKind{"contrast", "m3/s", "the day's part of the rhythm less the half day's", 0.0,
                   -1e6, 1e6},
      QuantityKind{"day_next", "m3/s", "the day's part six hours later", 0.0, -1e6, 1e6},
      QuantityKind{"half_day_next", "m3/s", "the half day's part three hours later", 0.0, -1e6,
                   1e6}};
  static constexpr std::array kInputs{
      QuantityKind{"mean", "m3/s", "of many days", kMustBeSaid, -1e6, 1e6},
      QuantityKind{"unmetered", "m3/s", "taken where no meter sees it; meters' own error", 0.0,
                   -1e6, 1e6}};
  static constexpr std::array kOutputs{
      QuantityKind{"taken", "m3/s", "all of it", 0.0, -kUnbounded, kUnbounded}};
  template <class Plain>
  static void rates(const Plain*, const Plain*, const Situation<Plain>& now, Plain* slope,
                    Plain* output) {
    constexpr double kDaily = 2.0 * std::numbers::pi / 86'400.0;  // rad/s
    const auto* x = now.state;
    const Plain turning = kDaily * (x[4] + 2.0 * x[5]);
    slope[0] = (x[1] - x[0]) / now.parameter[0];
    slope[1] = turning + (now.input[0] + x[2] - x[1]) / now.parameter[1];
    slope[2] = turning;
    slope[3] = kDaily * (x[4] - 2.0 * x[5]);
    slope[4] = -0.5 * kDaily * (x[2] + x[3]);
    slope[5] = kDaily * (x[3] - x[2]);
    output[0] = x[0] + now.input[1];
  }
};

}  // namespace gemel::equations::detail
