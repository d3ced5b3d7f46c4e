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

/// Matérn's covariance of a place with all points.
template <class Out>
void likeness(const Process& process, const double* input, Eigen::ArrayXd& room, Out out) {
  const auto n = static_cast<Index>(process.count), d = static_cast<Index>(process.dimensions);
  const Eigen::Map<const Eigen::ArrayXXd> points(process.points, n, d);
  room.setZero();
  for (Index k = 0; k < d; ++k) room += (points.col(k) - input[k] / process.lengths[k]).square();
  room = (5.0 * room).sqrt();
  out = (1.0 + room + room.square() / 3.0) * (-room).exp();
}

Prediction said(const Process& process, double weighted, double known) {
  const double left = 1.0 - known;
  const double share = (left > 1e-12 ? left : 1e-12) + process.noise;
  return {process.mean + weighted, process.spread_scale * std::sqrt(process.variance * share)};
}

void predict(const Process& process, const double* inputs, std::size_t count, Prediction* out) {
  const auto n = static_cast<Index>(process.count), d = static_cast<Index>(process.dimensions);
  const auto total = static_cast<Index>(count);
  const Eigen::Map<const MatrixXd> root(process.root, n, n);
  const Eigen::Map<const VectorXd> weights(process.weights, n);
  Eigen::ArrayXd room(n);
  if (total == 1) {  // a product with one column has a faster way than one with many
    VectorXd like(n), half(n);
    likeness(process, inputs, room, like.array());
    half.noalias() = root.triangularView<Eigen::Lower>().transpose() * like;
    *out = said(process, like.dot(weights), half.squaredNorm());
    return;
  }
  const Index most = total < kTogether ? total : kTogether;
  MatrixXd like(n, most), half(n, most);
  for (Index first = 0; first < total; first += kTogether) {
    const Index many = total - first < kTogether ? total - first : kTogether;
    for (Index j = 0; j < many; ++j)
      likeness(process, inputs + (first + j) * d, room, like.col(j).array());
    const auto block = like.leftCols(many);
    const VectorXd means = block.transpose() * weights;
    half.leftCols(many).noalias() = root.triangularView<Eigen::Lower>().transpose() * block;
    for (Index j = 0; j < many; ++j)
      out[first + j] = said(process, means[j], half.col(j).squaredNorm());
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
