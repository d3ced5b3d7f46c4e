#pragma once
// Several trajectories side by side in one number: what equations compute with when they are run
// for an ensemble. Written once for `class Real`, an equation runs on doubles and on lanes.
//
// Bits: a lane's arithmetic is a double's. Nothing here, nor what is compiled for wider registers,
// fuses a multiplication with an addition, so an ensemble's answers don't depend on the machine.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace gemel::equations {

#if defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(__clang__) && \
    !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
/// Before a function that runs lanes: it is compiled for wider registers as well, with all that it
/// calls, and the processor decides at start.
#define GEMEL_WIDE_REGISTERS [[gnu::target_clones("avx2", "default"), gnu::flatten]]
#else
#define GEMEL_WIDE_REGISTERS
#endif

inline constexpr std::size_t kLanes = 8;

/// One truth for each lane: all bits set or none.
struct alignas(kLanes * sizeof(double)) LaneMask {
  typedef std::int64_t Vector __attribute__((vector_size(kLanes * sizeof(std::int64_t))));
  Vector bits;

  [[gnu::always_inline]] bool operator[](std::size_t lane) const { return bits[lane] != 0; }
};

struct alignas(kLanes * sizeof(double)) Lanes {
  typedef double Vector __attribute__((vector_size(kLanes * sizeof(double))));
  Vector v;

  Lanes() = default;
  [[gnu::always_inline]] Lanes(double all) : v(Vector{} + all) {}  // NOLINT(*-explicit-*): a number
  [[gnu::always_inline]] explicit Lanes(const Vector& vector) : v(vector) {}
  [[gnu::always_inline]] double operator[](std::size_t lane) const { return v[lane]; }
  [[gnu::always_inline]] void set(std::size_t lane, double value) { v[lane] = value; }

  [[gnu::always_inline]] friend Lanes operator+(const Lanes& a, const Lanes& b) {
    return Lanes(a.v + b.v);
  }
  [[gnu::always_inline]] friend Lanes operator-(const Lanes& a, const Lanes& b) {
    return Lanes(a.v - b.v);
  }
  [[gnu::always_inline]] friend Lanes operator*(const Lanes& a, const Lanes& b) {
    return Lanes(a.v * b.v);
  }
  [[gnu::always_inline]] friend Lanes operator/(const Lanes& a, const Lanes& b) {
    return Lanes(a.v / b.v);
  }
  [[gnu::always_inline]] friend Lanes operator-(const Lanes& a) { return Lanes(-a.v); }
  [[gnu::always_inline]] Lanes& operator+=(const Lanes& b) { return *this = *this + b; }
  [[gnu::always_inline]] Lanes& operator-=(const Lanes& b) { return *this = *this - b; }
  [[gnu::always_inline]] Lanes& operator*=(const Lanes& b) { return *this = *this * b; }

  [[gnu::always_inline]] friend LaneMask operator<(const Lanes& a, const Lanes& b) {
    return {a.v < b.v};
  }
  [[gnu::always_inline]] friend LaneMask operator>(const Lanes& a, const Lanes& b) {
    return {a.v > b.v};
  }
  [[gnu::always_inline]] friend LaneMask operator<=(const Lanes& a, const Lanes& b) {
    return {a.v <= b.v};
  }
  [[gnu::always_inline]] friend LaneMask operator>=(const Lanes& a, const Lanes& b) {
    return {a.v >= b.v};
  }
};

[[gnu::always_inline]] inline LaneMask operator&(const LaneMask& a, const LaneMask& b) {
  return {a.bits & b.bits};
}
[[gnu::always_inline]] inline LaneMask operator|(const LaneMask& a, const LaneMask& b) {
  return {a.bits | b.bits};
}
[[gnu::always_inline]] inline LaneMask operator!(const LaneMask& a) { return {~a.bits}; }

/// a where `mask` holds, elsewhere b.
[[gnu::always_inline]] inline Lanes choose(const LaneMask& mask, const Lanes& a, const Lanes& b) {
  return Lanes(mask.bits ? a.v : b.v);
}
[[gnu::always_inline]] inline double choose(bool mask, double a, double b) { return mask ? a : b; }

[[gnu::always_inline]] inline bool any_of(const LaneMask& mask) {
  std::int64_t any = 0;
  for (std::size_t i = 0; i < kLanes; ++i) any |= mask.bits[i];
  return any != 0;
}
[[gnu::always_inline]] inline bool any_of(bool mask) { return mask; }

// What an equation may call on a Real. Those of <cmath> are called a lane at a time: their bits are
// the ones that a double would have.

/// `function` of each lane.
template <class Function>
[[gnu::always_inline]] inline Lanes each_lane(const Lanes& a, Function function) {
  Lanes out;
  for (std::size_t i = 0; i < kLanes; ++i) out.v[i] = function(a.v[i]);
  return out;
}

[[gnu::always_inline]] inline Lanes abs(const Lanes& a) { return choose(a < 0.0, -a, a); }
[[gnu::always_inline]] inline Lanes min(const Lanes& a, const Lanes& b) {
  return choose(b < a, b, a);
}
[[gnu::always_inline]] inline Lanes max(const Lanes& a, const Lanes& b) {
  return choose(a < b, b, a);
}
[[gnu::always_inline]] inline Lanes sqrt(const Lanes& a) {
  return each_lane(a, [](double x) { return __builtin_sqrt(x); });
}
inline Lanes exp(const Lanes& a) {
  return each_lane(a, [](double x) { return std::exp(x); });
}
inline Lanes log(const Lanes& a) {
  return each_lane(a, [](double x) { return std::log(x); });
}
inline Lanes tanh(const Lanes& a) {
  return each_lane(a, [](double x) { return std::tanh(x); });
}
inline Lanes sin(const Lanes& a) {
  return each_lane(a, [](double x) { return std::sin(x); });
}
inline Lanes cos(const Lanes& a) {
  return each_lane(a, [](double x) { return std::cos(x); });
}
inline Lanes pow(const Lanes& a, double exponent) {
  return each_lane(a, [exponent](double x) { return std::pow(x, exponent); });
}

inline double abs(double a) { return std::fabs(a); }
inline double min(double a, double b) { return b < a ? b : a; }
inline double max(double a, double b) { return a < b ? b : a; }
using std::cos;
using std::exp;
using std::log;
using std::pow;
using std::sin;
using std::sqrt;
using std::tanh;

}  // namespace gemel::equations
