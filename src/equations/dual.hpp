#pragma once
// A number that knows its derivatives along a component's ports: forward differentiation, so that
// Newton's method has exact slopes. Source: Griewank & Walther, "Evaluating Derivatives", 2008.

#include <array>
#include <cstddef>

#include "equations/lanes.hpp"

namespace gemel::equations {

inline constexpr std::size_t kPortsMax = 2;  // of a component

/// `Plain` is double or Lanes.
template <class Plain>
struct Dual {
  Plain value;
  std::array<Plain, kPortsMax> along;  // its derivatives by the potential of each port

  Dual() = default;
  Dual(const Plain& constant) : value(constant) { along.fill(Plain(0.0)); }  // NOLINT(*-explicit-*)

  friend Dual operator+(const Dual& a, const Dual& b) {
    return combine(a.value + b.value, a, Plain(1.0), b, Plain(1.0));
  }
  friend Dual operator-(const Dual& a, const Dual& b) {
    return combine(a.value - b.value, a, Plain(1.0), b, Plain(-1.0));
  }
  friend Dual operator*(const Dual& a, const Dual& b) {
    return combine(a.value * b.value, a, b.value, b, a.value);
  }
  friend Dual operator/(const Dual& a, const Dual& b) {
    const Plain inverse = 1.0 / b.value, value = a.value * inverse;
    return combine(value, a, inverse, b, -(value * inverse));
  }
  friend Dual operator-(const Dual& a) { return chain(-a.value, a, Plain(-1.0)); }
  friend Dual sqrt(const Dual& a) {
    const Plain root = sqrt(a.value);
    return chain(root, a, 0.5 / root);
  }
  /// f(a), of which value and slope are known.
  static Dual of(const Plain& value, const Plain& slope, const Dual& a) {
    return chain(value, a, slope);
  }
  friend auto operator>(const Dual& a, double b) { return a.value > b; }
  template <class Mask>
  friend Dual choose(const Mask& mask, const Dual& a, const Dual& b) {
    Dual out(choose(mask, a.value, b.value));
    for (std::size_t i = 0; i < kPortsMax; ++i) out.along[i] = choose(mask, a.along[i], b.along[i]);
    return out;
  }

 private:
  static Dual chain(const Plain& value, const Dual& a, const Plain& by_a) {
    Dual out(value);
    for (std::size_t i = 0; i < kPortsMax; ++i) out.along[i] = a.along[i] * by_a;
    return out;
  }
  static Dual combine(const Plain& value, const Dual& a, const Plain& by_a, const Dual& b,
                      const Plain& by_b) {
    Dual out(value);
    for (std::size_t i = 0; i < kPortsMax; ++i)
      out.along[i] = a.along[i] * by_a + b.along[i] * by_b;
    return out;
  }
};

}  // namespace gemel::equations
