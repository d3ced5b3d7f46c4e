#include "base/distribution.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include "base/check.hpp"
#include "base/text.hpp"

namespace gemel {
namespace {

double normal_distribution(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double rough_normal_quantile(double p) {
  constexpr double kA[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                           1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double kB[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                           6.680131188771972e+01, -1.328068155288572e+01};
  constexpr double kC[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                           -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr double kD[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                           3.754408661907416e+00};
  const auto tail = [&](double share) {
    const double q = std::sqrt(-2.0 * std::log(share));
    return (((((kC[0] * q + kC[1]) * q + kC[2]) * q + kC[3]) * q + kC[4]) * q + kC[5]) /
           ((((kD[0] * q + kD[1]) * q + kD[2]) * q + kD[3]) * q + 1.0);
  };
  constexpr double kTail = 0.02425;
  if (p < kTail) return tail(p);
  if (p > 1.0 - kTail) return -tail(1.0 - p);
  const double q = p - 0.5, r = q * q;
  return (((((kA[0] * r + kA[1]) * r + kA[2]) * r + kA[3]) * r + kA[4]) * r + kA[5]) * q /
         (((((kB[0] * r + kB[1]) * r + kB[2]) * r + kB[3]) * r + kB[4]) * r + 1.0);
}

/// P(T ≤ t) by the finite sums that whole degrees of freedom have. Source: Abramowitz & Stegun,
/// 26.7.3 and 26.7.4.
double student_distribution(double t, unsigned degrees) {
  const double n = degrees, theta = std::atan(t / std::sqrt(n));
  const double cosine = std::cos(theta), square = cosine * cosine;
  double sum = 0.0;
  if (degrees % 2 == 1) {
    double term = cosine;
    for (unsigned k = 1; 2 * k + 1 <= degrees; ++k) {
      sum += term;
      term *= square * (2.0 * k) / (2.0 * k + 1.0);
    }
    const double both = 2.0 / std::numbers::pi * (theta + std::sin(theta) * sum);
    return 0.5 * (1.0 + both);
  }
  double term = 1.0;
  for (unsigned k = 0; 2 * k + 2 <= degrees; ++k) {
    sum += term;
    term *= square * (2.0 * k + 1.0) / (2.0 * k + 2.0);
  }
  return 0.5 * (1.0 + std::sin(theta) * sum);
}

double erlang_distribution(double x, double phases) {
  double term = 1.0, sum = 0.0;
  for (int k = 0; k < static_cast<int>(phases); ++k) {
    sum += term;
    term *= x / (k + 1);
  }
  return 1.0 - std::exp(-x) * sum;
}

struct Known {
  std::string_view name;
  Distribution::Kind kind;
  std::size_t numbers;
  std::string_view takes;
};
constexpr std::array kKnown{
    Known{"constant", Distribution::Kind::Constant, 1, "a value"},
    Known{"uniform", Distribution::Kind::Uniform, 2, "low and high"},
    Known{"triangular", Distribution::Kind::Triangular, 3, "low, mode and high"},
    Known{"exponential", Distribution::Kind::Exponential, 1, "a mean > 0"},
    Known{"normal", Distribution::Kind::Normal, 2, "a mean and a standard deviation ≥ 0"},
    Known{"lognormal", Distribution::Kind::Lognormal, 2, "a mean > 0 and a standard deviation > 0"},
    Known{"weibull", Distribution::Kind::Weibull, 2, "a shape > 0 and a scale > 0"},
    Known{"erlang", Distribution::Kind::Erlang, 2, "a mean > 0 and phases, 1 to 100"}};

bool fits(Distribution::Kind kind, const std::vector<double>& n) {
  using Kind = Distribution::Kind;
  for (const double each : n) {
    if (!std::isfinite(each)) return false;
  }
  switch (kind) {
    case Kind::Constant:
      return true;
    case Kind::Uniform:
      return n[0] <= n[1];
    case Kind::Triangular:
      return n[0] <= n[1] && n[1] <= n[2] && n[0] < n[2];
    case Kind::Exponential:
      return n[0] > 0.0;
    case Kind::Normal:
      return n[1] >= 0.0;
    case Kind::Lognormal:
    case Kind::Weibull:
      return n[0] > 0.0 && n[1] > 0.0;
    case Kind::Erlang:
      return n[0] > 0.0 && n[1] >= 1.0 && n[1] <= 100.0 && n[1] == std::floor(n[1]);
  }
  return false;
}

}  // namespace

double normal_quantile(double p) {
  GEMEL_CHECK(p > 0.0 && p < 1.0);
  if (p > 0.5) return -normal_quantile(1.0 - p);  // a small tail keeps its digits
  const double x = rough_normal_quantile(p);
  const double off =
      (normal_distribution(x) - p) * std::sqrt(2.0 * std::numbers::pi) * std::exp(0.5 * x * x);
  return x - off / (1.0 + 0.5 * x * off);
}

double student_quantile(double p, unsigned degrees) {
  GEMEL_CHECK(p > 0.0 && p < 1.0 && degrees >= 1);
  if (p < 0.5) return -student_quantile(1.0 - p, degrees);
  if (p == 0.5) return 0.0;
  const double n = degrees;
  // Between these the distribution function is monotone; halving is sure, and only a few are asked.
  double low = 0.0, high = 2.0;
  while (student_distribution(high, degrees) < p && high < 1e15) high *= 2.0;
  const double density_scale =
      std::exp(std::lgamma(0.5 * (n + 1)) - std::lgamma(0.5 * n)) / std::sqrt(n * std::numbers::pi);
  double t = 0.5 * (low + high);
  for (int i = 0; i < 100; ++i) {
    const double off = student_distribution(t, degrees) - p;
    (off < 0.0 ? low : high) = t;
    double next = t - off / (density_scale * std::pow(1.0 + t * t / n, -0.5 * (n + 1)));
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (std::fabs(next - t) <= 1e-13 * next) return next;
    t = next;
  }
  return t;
}

Result<Distribution> Distribution::make(std::string_view kind, const std::vector<double>& numbers) {
  std::vector<std::string> names;
  for (const auto& known : kKnown) {
    names.emplace_back(known.name);
    if (known.name != kind) continue;
    if (numbers.size() != known.numbers || !fits(known.kind, numbers)) {
      std::string given;
      for (const double each : numbers) given += (given.empty() ? "" : ", ") + text::number(each);
      return Error{ErrorCode::InvalidInput, "a distribution " + std::string(kind) + " takes " +
                                                std::string(known.takes) + ", not (" + given + ")"};
    }
    return Distribution(known.kind, numbers[0], numbers.size() > 1 ? numbers[1] : 0.0,
                        numbers.size() > 2 ? numbers[2] : 0.0);
  }
  return Error{ErrorCode::InvalidInput, "there is no distribution '" + std::string(kind) + "'" +
                                            text::did_you_mean(kind, names)};
}

Result<Distribution> Distribution::parse(std::string_view written, const ReadNumber& read) {
  const auto whole = text::trim(written);
  const auto number = [&](std::string_view part, bool plain) -> Result<double> {
    double value = 0.0;
    if (read) return read(text::trim(part), plain);
    if (text::parse_number(text::trim(part), value)) return value;
    return Error{ErrorCode::InvalidInput, "'" + std::string(text::trim(part)) + "' is no number"};
  };
  const auto open = whole.find('(');
  if (open == std::string_view::npos) {
    GEMEL_ASSIGN(const double value, number(whole, false));
    return constant(value);
  }
  if (whole.back() != ')') {
    return Error{ErrorCode::InvalidInput,
                 "'" + std::string(whole) + "' is no distribution; write such as normal(3, 0.5)"};
  }
  const auto kind = text::trim(whole.substr(0, open));
  const auto inside = whole.substr(open + 1, whole.size() - open - 2);
  std::vector<double> numbers;
  for (std::size_t from = 0; from <= inside.size() && numbers.size() < 4;) {
    const auto comma = std::min(inside.find(',', from), inside.size());
    const bool plain =
        (kind == "weibull" && numbers.empty()) || (kind == "erlang" && numbers.size() == 1);
    GEMEL_ASSIGN(const double value, number(inside.substr(from, comma - from), plain));
    numbers.push_back(value);
    from = comma + 1;
  }
  return make(kind, numbers);
}

double Distribution::mean() const {
  switch (kind_) {
    case Kind::Constant:
    case Kind::Exponential:
    case Kind::Normal:
    case Kind::Lognormal:
    case Kind::Erlang:
      return a_;
    case Kind::Uniform:
      return 0.5 * (a_ + b_);
    case Kind::Triangular:
      return (a_ + b_ + c_) / 3.0;
    case Kind::Weibull:
      return b_ * std::tgamma(1.0 + 1.0 / a_);
  }
  return a_;
}

double Distribution::standard_deviation() const {
  switch (kind_) {
    case Kind::Constant:
      return 0.0;
    case Kind::Exponential:
      return a_;
    case Kind::Normal:
    case Kind::Lognormal:
      return b_;
    case Kind::Erlang:
      return a_ / std::sqrt(b_);
    case Kind::Uniform:
      return (b_ - a_) / std::sqrt(12.0);
    case Kind::Triangular:
      return std::sqrt((a_ * a_ + b_ * b_ + c_ * c_ - a_ * b_ - a_ * c_ - b_ * c_) / 18.0);
    case Kind::Weibull:
      return b_ * std::sqrt(std::tgamma(1.0 + 2.0 / a_) - std::pow(std::tgamma(1.0 + 1.0 / a_), 2));
  }
  return 0.0;
}

double Distribution::quantile(double p) const {
  switch (kind_) {
    case Kind::Constant:
      return a_;
    case Kind::Uniform:
      return a_ + p * (b_ - a_);
    case Kind::Triangular: {
      const double turn = (b_ - a_) / (c_ - a_);
      return p < turn ? a_ + std::sqrt(p * (c_ - a_) * (b_ - a_))
                      : c_ - std::sqrt((1.0 - p) * (c_ - a_) * (c_ - b_));
    }
    case Kind::Exponential:
      return -a_ * std::log1p(-p);
    case Kind::Normal:
      return a_ + b_ * normal_quantile(p);
    case Kind::Lognormal: {
      const double variance = std::log1p((b_ / a_) * (b_ / a_));
      return a_ * std::exp(std::sqrt(variance) * normal_quantile(p) - 0.5 * variance);
    }
    case Kind::Weibull:
      return b_ * std::pow(-std::log1p(-p), 1.0 / a_);
    case Kind::Erlang: {
      double low = 0.0, high = b_ + 10.0 * std::sqrt(b_) + 40.0;
      for (int i = 0; i < 60; ++i) {
        const double middle = 0.5 * (low + high);
        (erlang_distribution(middle, b_) < p ? low : high) = middle;
      }
      return 0.5 * (low + high) * a_ / b_;
    }
  }
  return a_;
}

double Distribution::probability(double x) const {
  switch (kind_) {
    case Kind::Constant:
      return x >= a_ ? 1.0 : 0.0;
    case Kind::Uniform:
      return x >= b_ ? 1.0 : x <= a_ ? 0.0 : (x - a_) / (b_ - a_);
    case Kind::Triangular:
      if (x <= a_) return 0.0;
      if (x >= c_) return 1.0;
      return x < b_ ? (x - a_) * (x - a_) / ((c_ - a_) * (b_ - a_))
                    : 1.0 - (c_ - x) * (c_ - x) / ((c_ - a_) * (c_ - b_));
    case Kind::Exponential:
      return x > 0.0 ? -std::expm1(-x / a_) : 0.0;
    case Kind::Normal:
      if (b_ == 0.0) return x >= a_ ? 1.0 : 0.0;
      return normal_distribution((x - a_) / b_);
    case Kind::Lognormal: {
      if (x <= 0.0) return 0.0;
      const double variance = std::log1p((b_ / a_) * (b_ / a_));
      return normal_distribution((std::log(x / a_) + 0.5 * variance) / std::sqrt(variance));
    }
    case Kind::Weibull:
      return x > 0.0 ? -std::expm1(-std::pow(x / b_, a_)) : 0.0;
    case Kind::Erlang:
      return x > 0.0 ? erlang_distribution(x * b_ / a_, b_) : 0.0;
  }
  return 0.0;
}

Distribution Distribution::scaled(double factor) const {
  GEMEL_CHECK(factor > 0.0);
  switch (kind_) {
    case Kind::Constant:
    case Kind::Exponential:
      return {kind_, a_ * factor, 0.0, 0.0};
    case Kind::Uniform:
    case Kind::Normal:
    case Kind::Lognormal:
      return {kind_, a_ * factor, b_ * factor, 0.0};
    case Kind::Triangular:
      return {kind_, a_ * factor, b_ * factor, c_ * factor};
    case Kind::Weibull:  // its shape stays
      return {kind_, a_, b_ * factor, 0.0};
    case Kind::Erlang:  // its phases stay
      return {kind_, a_ * factor, b_, 0.0};
  }
  return *this;
}

std::string Distribution::to_string() const {
  for (const auto& known : kKnown) {
    if (known.kind != kind_) continue;
    std::string text = std::string(known.name) + "(" + text::number(a_);
    if (known.numbers > 1) text += ", " + text::number(b_);
    if (known.numbers > 2) text += ", " + text::number(c_);
    return text + ")";
  }
  return "";
}

}  // namespace gemel
