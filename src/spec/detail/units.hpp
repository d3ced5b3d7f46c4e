#pragma once
// Units of measure as the twin file writes them, on top of UDUNITS-2.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"
#include "core/plant.hpp"

namespace gemel::spec {

/// Which zero a pressure counts from; the air pressure at the site, which lies between them, is not
/// ours to guess.
enum class PressureZero : std::uint8_t { NotSaid, Gauge, Absolute };

/// A unit that was understood.
struct KnownUnit {
  Unit unit;
  std::string dimension;  // "Pa"; units convert into each other if theirs are equal
  PressureZero zero = PressureZero::NotSaid;
};

/// value in the second unit = scale * value in the first + offset.
struct Conversion {
  double scale = 1.0;
  double offset = 0.0;
  double of(double value) const { return scale * value + offset; }
};

/// The way from one unit to another. Errors: InvalidInput, naming both.
Result<Conversion> conversion(const KnownUnit& from, const KnownUnit& to);

/// The same for differences (a drop of 5 degC is one of 5 K, not of 278 K).
Result<double> difference_factor(const KnownUnit& from, const KnownUnit& to);

/// Reads units and remembers them.
///
/// Beyond UDUNITS: what industry writes and it lacks or reads as something else (see the README):
/// delta_degC, bar(g), lpm, kWh, mH2O, pH … "rpm" is an angular speed, whose SI unit is rad/s;
/// "1/min" and "Hz" convert to it by the turn. "g" is the gram unless an acceleration is expected.
///
/// Threads: one each; several may be in use at once.
class Units {
 public:
  Units();
  ~Units();
  Units(const Units&) = delete;
  Units& operator=(const Units&) = delete;

  /// Errors: InvalidInput (nothing that we know, or no unit to measure with), with the nearest
  /// name. Lifetime: the unit lives as long as this.
  Result<const KnownUnit*> read(std::string_view text, bool expects_acceleration = false);

  /// "K/s" for K and "kPa/s" for kPa: the unit of a change per second.
  Result<const KnownUnit*> per_second(const KnownUnit& of);

  /// The SI unit of a product or quotient of two amounts. Angles stay: N.m times rad/s is not quite
  /// W, see same_but_for_angle().
  Result<const KnownUnit*> product(const KnownUnit& a, const KnownUnit& b);
  Result<const KnownUnit*> quotient(const KnownUnit& a, const KnownUnit& b);

  /// True if the two measure the same once an angle counts as a plain number: W/(rad/s) and N.m.
  bool same_but_for_angle(const KnownUnit& a, const KnownUnit& b);

  /// A plain number.
  const KnownUnit& none() const { return none_; }

 private:
  Result<const KnownUnit*> combined(const std::string& dimension);
  KnownUnit none_;
  std::unordered_map<std::string, Result<KnownUnit>> known_;
};

}  // namespace gemel::spec
