// Chance, seeded and restorable: the same seed gives the same station, run after run.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace riverside {

/// xoshiro256++ with a normal variate on top; a plain value, so a copy continues identically.
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2019.
class Random {
 public:
  explicit Random(std::uint64_t seed = 1) {
    for (auto& word : words_) word = split_mix(seed);
  }

  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  /// Normal with mean 0 and variance 1 (Box and Muller, both halves used).
  double normal() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    const Direction to = direction(uniform());
    spare_ = radius * to.sine;
    has_spare_ = true;
    return radius * to.cosine;
  }

  template <class Visitor>
  void visit(Visitor& v) {
    v("word_0", words_[0]);
    v("word_1", words_[1]);
    v("word_2", words_[2]);
    v("word_3", words_[3]);
    v("spare", spare_);
    v("has_spare", has_spare_);
  }

 private:
  std::uint64_t next() {
    const auto rotate = [](std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); };
    const std::uint64_t result = rotate(words_[0] + words_[3], 23) + words_[0];
    const std::uint64_t shifted = words_[1] << 17;
    words_[2] ^= words_[0];
    words_[3] ^= words_[1];
    words_[1] ^= words_[2];
    words_[0] ^= words_[3];
    words_[2] ^= shifted;
    words_[3] = rotate(words_[3], 45);
    return result;
  }

  struct Direction {
    double sine;
    double cosine;
  };

  /// Sine and cosine of 0 … 1 turns, right to the last bits: the Taylor series on an eighth of a
  /// turn to either side, where its next term is below 5e-17. The library has to mind angles of
  /// any size and takes longer.
  static Direction direction(double turns) {
    const int quarter = static_cast<int>(4.0 * turns + 0.5);
    const double x = 2.0 * std::numbers::pi * (turns - 0.25 * quarter);
    const double y = x * x;
    double sine = 1.0;
    double cosine = 1.0;
    for (int n = 14; n >= 2; n -= 2) sine = 1.0 - sine * (y * (1.0 / (n * (n + 1))));
    for (int n = 15; n >= 1; n -= 2) cosine = 1.0 - cosine * (y * (1.0 / (n * (n + 1))));
    // A quarter turn swaps the two and changes signs. By look-up: no branch could foresee chance.
    constexpr std::array<double, 5> kSineSign{1.0, 1.0, -1.0, -1.0, 1.0};
    constexpr std::array<double, 5> kCosineSign{1.0, -1.0, -1.0, 1.0, 1.0};
    const std::array<double, 2> both{sine * x, cosine};
    const int odd = quarter & 1;
    return {kSineSign[quarter] * both[odd], kCosineSign[quarter] * both[1 - odd]};
  }

  static std::uint64_t split_mix(std::uint64_t& seed) {
    std::uint64_t z = (seed += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  std::array<std::uint64_t, 4> words_{};
  double spare_ = 0.0;
  bool has_spare_ = false;
};

/// A wandering value with mean 0, standard deviation 1 and a memory of `memory_s` seconds
/// (Ornstein-Uhlenbeck, advanced exactly for a fixed step).
class Wander {
 public:
  Wander() = default;
  Wander(double memory_s, double step_s)
      : keep_(std::exp(-step_s / memory_s)), kick_(std::sqrt(1.0 - keep_ * keep_)) {}

  double value() const { return value_; }
  /// Starts somewhere in its usual range.
  void scatter(Random& chance) { value_ = chance.normal(); }
  void advance(Random& chance) { value_ = keep_ * value_ + kick_ * chance.normal(); }

  template <class Visitor>
  void visit(Visitor& v) {
    v("value", value_);
  }

 private:
  double keep_ = 0.0;
  double kick_ = 1.0;
  double value_ = 0.0;
};

}  // namespace riverside
