// Compiled once or twice, into the namespace GEMEL_KERNELS (kernels.hpp says why). The wide build
// renames Eigen's namespace as well, so that the linker can't take a wide function for a plain one.

#include <cmath>

#include <Eigen/Core>

#include "networks/detail/kernels.hpp"

namespace gemel::networks::detail::GEMEL_KERNELS {

extern const Kernels kKernels;

namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Strided = Eigen::Map<Matrix, Eigen::Unaligned, Eigen::OuterStride<>>;
using ConstStrided = Eigen::Map<const Matrix, Eigen::Unaligned, Eigen::OuterStride<>>;
using Array = Eigen::Map<Eigen::ArrayXf>;
using ConstArray = Eigen::Map<const Eigen::ArrayXf>;
using Eigen::Index;

Index at(std::size_t n) { return static_cast<Index>(n); }

template <class A, class B>
void multiply_into(const A& a, const B& b, Strided& c, bool add) {
  if (add)
    c.noalias() += a * b;
  else
    c.noalias() = a * b;
}

void multiply(const Product& p) {
  Strided c(p.c, at(p.rows), at(p.columns), Eigen::OuterStride<>(at(p.c_stride)));
  const ConstStrided a(p.a, at(p.a_transposed ? p.inner : p.rows),
                       at(p.a_transposed ? p.rows : p.inner), Eigen::OuterStride<>(at(p.a_stride)));
  const ConstStrided b(p.b, at(p.b_transposed ? p.columns : p.inner),
                       at(p.b_transposed ? p.inner : p.columns),
                       Eigen::OuterStride<>(at(p.b_stride)));
  if (p.a_transposed && p.b_transposed)
    multiply_into(a.transpose(), b.transpose(), c, p.add);
  else if (p.a_transposed)
    multiply_into(a.transpose(), b, c, p.add);
  else if (p.b_transposed)
    multiply_into(a, b.transpose(), c, p.add);
  else
    multiply_into(a, b, c, p.add);
}

void cell(const CellStep& s) {
  const Index width = at(s.width);
  for (std::size_t row = 0; row < s.batch; ++row) {
    float* gates = s.gates + row * 4 * s.width;
    const std::size_t from = row * s.width;
    Array three(gates, 3 * width), update(gates + 3 * s.width, width);
    three = three.logistic();
    update = update.tanh();
    const ConstArray in(gates, width), out(gates + s.width, width),
        keep(gates + 2 * s.width, width);
    Array now(s.cell + from, width), now_tanh(s.cell_tanh + from, width);
    now = in * update;
    if (s.cell_was != nullptr) now += keep * ConstArray(s.cell_was + from, width);
    now_tanh = now.tanh();
    Array(s.state + from, width) = out * now_tanh;
  }
}

void cell_back(const CellStepBack& s) {
  for (std::size_t row = 0; row < s.batch; ++row) {
    float* gates = s.gates + row * 4 * s.width;
    const std::size_t from = row * s.width;
    for (std::size_t i = 0; i < s.width; ++i) {
      const float in = gates[i], out = gates[s.width + i], keep = gates[2 * s.width + i],
                  update = gates[3 * s.width + i];
      const float was = s.cell_was != nullptr ? s.cell_was[from + i] : 0.0F;
      const float bent = s.cell_tanh[from + i], state_grad = s.state_grad[from + i];
      const float cell_grad = s.cell_grad[from + i] + state_grad * out * (1.0F - bent * bent);
      gates[i] = cell_grad * update * in * (1.0F - in);
      gates[s.width + i] = state_grad * bent * out * (1.0F - out);
      gates[2 * s.width + i] = cell_grad * was * keep * (1.0F - keep);
      gates[3 * s.width + i] = cell_grad * in * (1.0F - update * update);
      s.cell_grad[from + i] = cell_grad * keep;
    }
  }
}

void adam(const AdamStep& s) {
  for (std::size_t i = 0; i < s.count; ++i) {
    const float g = s.gradient[i];
    s.first[i] = s.beta1 * s.first[i] + (1.0F - s.beta1) * g;
    s.second[i] = s.beta2 * s.second[i] + (1.0F - s.beta2) * g * g;
    const float step =
        s.first[i] / s.correction1 / (std::sqrt(s.second[i] / s.correction2) + s.epsilon);
    s.value[i] -= s.rate * (step + s.decay * s.value[i]);
  }
}

/// Blockwise, so that what is in between stays in the processor's nearest cache.
void gelu(std::size_t count, const float* in, float* out, float* slope) {
  constexpr std::size_t kBlock = 256;
  for (std::size_t from = 0; from < count; from += kBlock) {
    const Index n = at(count - from < kBlock ? count - from : kBlock);
    const ConstArray x(in + from, n);
    // The error function to 1.5e-7 (Abramowitz and Stegun, 7.1.26) of |x| / sqrt(2).
    Eigen::Array<float, kBlock, 1> t_full, bell_full;
    auto t = t_full.head(n);
    auto bell = bell_full.head(n);
    t = 1.0F / (1.0F + 0.3275911F * 0.70710678F * x.abs());
    bell = (-0.5F * x.square()).exp();
    t = t * (0.254829592F +
             t * (-0.284496736F + t * (1.421413741F + t * (-1.453152027F + t * 1.061405429F))));
    t = 0.5F * t * bell;                  // upper tail of the normal distribution at |x|
    t = (x >= 0.0F).select(1.0F - t, t);  // the distribution at x
    Array(slope + from, n) = t + x * bell * 0.39894228F;
    Array(out + from, n) = x * t;
  }
}

void softmax(std::size_t rows, std::size_t columns, float* values) {
  for (std::size_t row = 0; row < rows; ++row) {
    Array all(values + row * columns, at(columns));
    all = (all - all.maxCoeff()).exp();
    all *= 1.0F / all.sum();
  }
}

}  // namespace

const Kernels kKernels{multiply, cell, cell_back, adam, gelu, softmax};

}  // namespace gemel::networks::detail::GEMEL_KERNELS
