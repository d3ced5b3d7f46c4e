// Compiled once or twice, into the namespace GEMEL_LOOPS (loops.hpp says why). The wide build
// renames Eigen's namespace as well, so that the linker can't take a wide function for a plain one.

#include <cmath>

#include <Eigen/Dense>

#include "surrogates/detail/loops.hpp"

namespace gemel::surrogates::detail::GEMEL_LOOPS {

extern const Loops kLoops;

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kTogether = 64;  // predicted at once: what fits the cache

void predict(const Process& process, const double* inputs, std::size_t count, Prediction* out) {
  const auto n = static_cast<Index>(process.count), d = static_cast<Index>(process.dimensions);
  const auto total = static_cast<Index>(count);
  const Eigen::Map<const Eigen::ArrayXXd> points(process.points, n, d);
  const Eigen::Map<const MatrixXd> root(process.root, n, n);
  const Eigen::Map<const VectorXd> weights(process.weights, n);
  const Index most = total < kTogether ? total : kTogether;
  MatrixXd like(n, most), half(n, most);
  Eigen::ArrayXd squares(n), s(n);
  for (Index first = 0; first < total; first += kTogether) {
    const Index many = total - first < kTogether ? total - first : kTogether;
    for (Index j = 0; j < many; ++j) {
      squares.setZero();
      for (Index k = 0; k < d; ++k)
        squares += (points.col(k) - inputs[(first + j) * d + k] / process.lengths[k]).square();
      s = (5.0 * squares).sqrt();
      like.col(j) = (1.0 + s + s.square() / 3.0) * (-s).exp();
    }
    const auto block = like.leftCols(many);
    const VectorXd means = block.transpose() * weights;
    half.leftCols(many).noalias() = root.triangularView<Eigen::Lower>().transpose() * block;
    for (Index j = 0; j < many; ++j) {
      const double left = 1.0 - half.col(j).squaredNorm();
      const double share = (left > 1e-12 ? left : 1e-12) + process.noise;
      out[first + j] = {process.mean + means[j],
                        process.spread_scale * std::sqrt(process.variance * share)};
    }
  }
}

void dense(const Dense& layer) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto points = static_cast<Index>(layer.points), in = static_cast<Index>(layer.inputs),
             out = static_cast<Index>(layer.outputs);
  const Eigen::Map<const Rows> x(layer.in, points, in), weights(layer.weights, in, out);
  const Eigen::Map<const Eigen::RowVectorXf> bias(layer.bias, out);
  Eigen::Map<Rows> y(layer.out, points, out);
  y.noalias() = x * weights;
  y.rowwise() += bias;
  if (layer.rectified) y = y.cwiseMax(0.0F);
}

}  // namespace

const Loops kLoops{predict, dense};

}  // namespace gemel::surrogates::detail::GEMEL_LOOPS
