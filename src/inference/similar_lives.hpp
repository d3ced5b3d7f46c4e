#pragma once
// Remaining life by lives that went alike: the present is looked for in a library of lives that
// ended.

#include <span>
#include <vector>

#include "inference/life_method.hpp"

namespace gemel::inference {

struct SimilarityOptions {
  std::size_t window = 40;  // rows of the present life that are compared
  double width = 0.03;      // of the kernel, in units of health
};

/// Each life is a curve of health, 1 well and 0 at its end: a weighted sum of sensors, averaged
/// over the last rows. The newest window of the present curve is laid over every library curve at
/// every lag; what was left there counts by a Gaussian kernel of the mean squared distance.
/// Source: Wang, Yu, Siegel, Lee, "A similarity-based prognostics approach for remaining useful
/// life estimation of engineered systems", PHM 2008. Cost: of an opinion, all rows of the library
/// times the window.
class SimilarLives final : public LifeMethod {
 public:
  /// Learns the weights of health by ridge regression and keeps the curves. Shapes: each life is
  /// rows x sensors and ended with its last row; `cap` in steps. Not empty.
  SimilarLives(const std::vector<std::span<const double>>& lives, std::size_t sensors, double cap,
               const SimilarityOptions& options);

  std::string_view name() const override { return "similarity"; }
  LifeOpinion of(std::span<const double> life, std::size_t sensors) const override;
  bool fits(std::size_t sensors) const override { return weights_.size() == sensors + 1; }
  void encode(ByteWriter& out) const override;
  /// Errors: Corruption.
  static Result<SimilarLives> decode(ByteReader& in);

  /// The same library, compared in another way.
  SimilarLives with(const SimilarityOptions& options) const;

 private:
  SimilarLives() = default;
  std::vector<double> health(std::span<const double> life, std::size_t sensors) const;

  SimilarityOptions options_;
  double cap_ = 0.0;
  std::vector<double> weights_;              // of the sensors, then a constant
  std::vector<std::vector<double>> curves_;  // of health
};

}  // namespace gemel::inference
