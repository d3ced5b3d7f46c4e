#include "inference/window_subspace.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <Eigen/Dense>

#include "base/check.hpp"
#include "inference/window_moments.hpp"

namespace gemel::inference {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;

constexpr std::size_t kParts = 48;
constexpr std::size_t kWindows = 8000;
constexpr double kVarianceKept = 0.90;

constexpr std::array<std::string_view, 2> kOpinions{"far along the usual directions",
                                                    "off the usual directions"};

}  // namespace

class WindowSubspace::Run final : public SeriesRun {
 public:
  explicit Run(const WindowSubspace& judge)
      : judge_(judge), last_(judge.length()), point_(judge.shape_.parts()) {}

  void take(double value, std::span<double> scores) override {
    last_.take(value);
    std::ranges::fill(scores, 0.0);
    if (!last_.full()) return;
    judge_.shape_.write(last_.older(), last_.newer(), point_);
    const auto width = point_.size();
    double rest = 0.0;
    for (std::size_t k = 0; k < width; ++k) {
      point_[k] -= judge_.mean_[k];
      rest += point_[k] * point_[k];
    }
    double along = 0.0;
    for (std::size_t d = 0; d < judge_.kept(); ++d) {
      const double* direction = &judge_.directions_[d * width];
      double part = 0.0;
      for (std::size_t k = 0; k < width; ++k) part += direction[k] * point_[k];
      rest -= part * part;
      part *= judge_.inverse_deviation_[d];
      along += part * part;
    }
    scores[0] = std::sqrt(along);
    scores[1] = std::sqrt(std::max(rest, 0.0) / static_cast<double>(width));
  }

 private:
  const WindowSubspace& judge_;
  LastValues last_;
  std::vector<double> point_;
};

WindowSubspace::WindowSubspace(std::span<const double> training, std::size_t length)
    : shape_(length, kParts, WindowView::Level, range_of(training)), scale_(range_of(training)) {
  GEMEL_CHECK(training.size() > length);
  auto points = shape_.points_of(training, kWindows);
  const auto width = static_cast<Eigen::Index>(shape_.parts());
  const auto rows = static_cast<Eigen::Index>(points.size()) / width;
  Eigen::Map<Matrix> all(points.data(), rows, width);
  const Vector mean = all.colwise().mean();
  mean_.assign(mean.begin(), mean.end());
  all.rowwise() -= mean.transpose();
  const Matrix covariance = all.transpose() * all / static_cast<double>(rows);
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance);
  const Vector& variances = solver.eigenvalues();  // ascending
  const double least = 1e-12 * range_of(training) * range_of(training);
  const double total = variances.sum();
  double held = 0.0;
  for (Eigen::Index d = width; d-- > 0;) {
    if (variances[d] <= least || held >= kVarianceKept * total) break;
    held += variances[d];
    inverse_deviation_.push_back(1.0 / std::sqrt(variances[d]));
    for (Eigen::Index k = 0; k < width; ++k) directions_.push_back(solver.eigenvectors()(k, d));
  }
}

double WindowSubspace::grain(std::size_t opinion) const {
  return opinion == 0 ? 0.2 : 0.01 * scale_;
}
std::span<const std::string_view> WindowSubspace::opinions() const { return kOpinions; }
std::unique_ptr<SeriesRun> WindowSubspace::start() const { return std::make_unique<Run>(*this); }

}  // namespace gemel::inference
