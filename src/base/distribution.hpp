#pragma once
// Distributions of what is not known or varies: service times, times between failures, parameters.
// Each is drawn through its quantile function, one uniform number a draw, so that two variants that
// are given the same numbers meet the same chance, and a low-discrepancy sequence can take a
// generator's place.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"

namespace gemel {

/// Of a standard normal variable, 0 < p < 1. Accuracy: 1e-15 relative. Source: Acklam's rational
/// approximation, 2003, with one step of Halley's method.
double normal_quantile(double p);
/// Of Student's t with so many degrees of freedom ≥ 1, 0 < p < 1. Source: Hill, "Algorithm 396",
/// Comm. ACM 13, 1970, refined by Newton's method on the exact distribution function.
double student_quantile(double p, unsigned degrees);

class Distribution {
 public:
  enum class Kind {
    Constant,
    Uniform,
    Triangular,
    Exponential,
    Normal,
    Lognormal,
    Weibull,
    Erlang
  };

  Distribution() : Distribution(constant(0.0)) {}
  static Distribution constant(double value) { return {Kind::Constant, value, 0.0, 0.0}; }
  static Distribution exponential(double mean) { return {Kind::Exponential, mean, 0.0, 0.0}; }

  /// By name and numbers, such as "triangular" {low, mode, high}; "lognormal" takes the mean and
  /// standard deviation of the variable itself, "erlang" its mean and number of phases, "weibull"
  /// shape and scale. Errors: InvalidInput, with what the kind takes.
  static Result<Distribution> make(std::string_view kind, const std::vector<double>& numbers);

  /// "normal(3, 0.5)", or a number alone for what is certain. `read` makes a number of each text
  /// between the commas, `plain` telling it that this one has no unit (a shape, a count of phases);
  /// left out, all are plain numbers. Errors: InvalidInput, those of `read`.
  using ReadNumber = std::function<Result<double>(std::string_view text, bool plain)>;
  static Result<Distribution> parse(std::string_view text, const ReadNumber& read = {});

  Kind kind() const { return kind_; }
  double mean() const;
  double standard_deviation() const;
  /// 0 < p < 1.
  double quantile(double p) const;
  /// That a draw is at most x.
  double probability(double x) const;
  /// Of `factor` times the variable; factor > 0.
  Distribution scaled(double factor) const;
  double draw(Random& random) const {
    if (kind_ == Kind::Constant) return a_;
    const double u = random.uniform();
    if (kind_ == Kind::Exponential) return -a_ * std::log(1.0 - u);
    return quantile(u > 0.0 ? u : 0x1.0p-54);
  }
  /// "normal(3, 0.5)"
  std::string to_string() const;

 private:
  Distribution(Kind kind, double a, double b, double c) : kind_(kind), a_(a), b_(b), c_(c) {}
  Kind kind_ = Kind::Constant;
  double a_ = 0.0, b_ = 0.0, c_ = 0.0;
};

}  // namespace gemel
