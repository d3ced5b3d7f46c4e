#pragma once
// Discords as they come: a newest window that nothing learnt, or nothing so far, looks like.

#include <cstddef>
#include <span>
#include <vector>

#include "inference/series_judge.hpp"
#include "inference/window_moments.hpp"

namespace gemel::inference {

/// Three opinions on how far the nearest window is: by shape, sqrt(2 (1 - correlation)); by
/// amplitude, the root mean square difference of both, each less its mean; by level, the same with
/// the means left in. Windows that do not move are alike (0) and unlike all others (sqrt 2).
/// Source: Yeh et al., "Matrix Profile I", ICDM 2016.
///
/// Compared with the windows of a training series. Shapes: at least length + 1 values, finite.
/// Cost: of a value one step for each window of it; all inner products follow from those before.
class Discord final : public SeriesJudge {
 public:
  Discord(std::span<const double> training, std::size_t length);

  std::span<const std::string_view> opinions() const override;
  std::size_t length() const override { return length_; }
  double grain(std::size_t opinion) const override;
  std::unique_ptr<SeriesRun> start() const override;

 private:
  class Run;
  std::size_t length_;
  double scale_;
  std::vector<double> training_;
  WindowMoments windows_;
  bool some_rest_ = false;  // windows that do not move
};

struct PastDiscordOptions {
  std::size_t length = 64;
  std::size_t memory = 4096;  // windows back that the newest is compared with
  std::size_t apart = 64;     // windows begun less than so far apart are not compared
  double scale = 1.0;         // the range that values usually have
};

/// The same, compared with the windows before it in its own stream: what comes back for a second
/// time is no longer strange. 0 while there are fewer than `apart` windows to compare with.
/// Source: the left matrix profile of Lu et al., "DAMP", KDD 2022, here by lags instead of by
/// Fourier transforms: one step a lag and value.
class PastDiscord final : public SeriesJudge {
 public:
  explicit PastDiscord(const PastDiscordOptions& options) : options_(options) {}

  std::span<const std::string_view> opinions() const override;
  std::size_t length() const override { return options_.length; }
  double grain(std::size_t opinion) const override;
  std::unique_ptr<SeriesRun> start() const override;

 private:
  class Run;
  PastDiscordOptions options_;
};

}  // namespace gemel::inference
