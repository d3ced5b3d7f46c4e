#pragma once
// How a life model makes an estimate of what is left from a life so far.

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "inference/tree_ensemble.hpp"

namespace gemel::inference {

/// What is left, in steps, before it was held against held-out lives.
struct LifeOpinion {
  double mean = 0.0;
  std::vector<double> values{};  // sorted, all as likely; empty: it tells the mean alone
};

/// Immutable. Threads: any.
class LifeMethod {
 public:
  virtual ~LifeMethod() = default;
  /// `--method`: "boosted", "similarity", "survival".
  virtual std::string_view name() const = 0;
  /// Of a life so far, a row a step. Shapes: `life` is rows x sensors, at least one row.
  virtual LifeOpinion of(std::span<const double> life, std::size_t sensors) const = 0;
  /// Whether it can judge lives of so many sensors.
  virtual bool fits(std::size_t sensors) const = 0;
  virtual void encode(ByteWriter& out) const = 0;
};

/// Boosted trees from features of the life so far to the mean.
class BoostedLife final : public LifeMethod {
 public:
  explicit BoostedLife(TreeEnsemble trees) : trees_(std::move(trees)) {}
  std::string_view name() const override { return "boosted"; }
  LifeOpinion of(std::span<const double> life, std::size_t sensors) const override;
  bool fits(std::size_t sensors) const override;
  void encode(ByteWriter& out) const override { trees_.encode(out); }

 private:
  TreeEnsemble trees_;
};

/// Boosted trees from the same features, and the number of an interval ahead, to the log-odds of
/// failing in that interval once it is reached: a discrete-time hazard. What is left beyond the
/// last interval reads as its end. Source: Singer, Willett, "It's about time", J. Educational
/// Statistics 1993 (discrete-time survival; lives that had not ended count up to where they were
/// seen); Gensheimer, Narasimhan, PeerJ 2019.
class SurvivalLife final : public LifeMethod {
 public:
  static constexpr std::size_t kIntervals = 25;

  /// `interval` in steps.
  SurvivalLife(TreeEnsemble hazards, double interval)
      : hazards_(std::move(hazards)), interval_(interval) {}
  std::string_view name() const override { return "survival"; }
  LifeOpinion of(std::span<const double> life, std::size_t sensors) const override;
  bool fits(std::size_t sensors) const override;
  void encode(ByteWriter& out) const override;
  /// Probability of being alive at the end of each interval.
  std::vector<double> survival(std::span<const double> life, std::size_t sensors) const;

 private:
  TreeEnsemble hazards_;
  double interval_;
};

/// The values that `weights` make as likely as each other, `count` of them, sorted. Shapes: as many
/// weights, which must not all be 0, as values.
std::vector<double> equally_likely(std::vector<std::pair<double, double>> weighted,
                                   std::size_t count);

/// Of that name. Errors: Corruption; Unsupported for a name of a newer program.
Result<std::shared_ptr<const LifeMethod>> decode_life_method(std::string_view name, ByteReader& in);

}  // namespace gemel::inference
