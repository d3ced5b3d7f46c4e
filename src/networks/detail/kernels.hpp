#pragma once
// The loops in which a network's training spends its time. Built twice from one source where the
// processor's family has two: plainly, and with wider registers (AVX2, FMA); the wider is taken
// when the processor that the program runs on has them.
//
// So two machines may round differently; one machine, the same seed and the same threads' shares
// give the same network.

#include <cstddef>

namespace gemel::networks::detail {

/// C = A B, or C += A B, of row-major matrices with distances between rows.
/// Shapes: C is rows x columns; A rows x inner (or inner x rows when transposed), B likewise.
struct Product {
  std::size_t rows, columns, inner;
  const float* a;
  std::size_t a_stride;
  bool a_transposed;
  const float* b;
  std::size_t b_stride;
  bool b_transposed;
  float* c;
  std::size_t c_stride;
  bool add;
};

/// One step of an LSTM for `batch` rows: gates i, o, f, c beside one another, 4 x width a row.
struct CellStep {
  std::size_t batch, width;
  float* gates;           // in: sums; out: after their sigmoids and tanh
  const float* cell_was;  // null at the first step
  float* cell;
  float* cell_tanh;
  float* state;
};

/// The same backwards: the gates' gradients before their nonlinearities take the place of `gates`.
struct CellStepBack {
  std::size_t batch, width;
  float* gates;
  const float* cell_was;
  const float* cell_tanh;
  const float* state_grad;
  float* cell_grad;  // in: from later steps; out: for the earlier
};

/// Shapes: all as long as count.
struct AdamStep {
  std::size_t count;
  float* value;
  const float* gradient;
  float* first;
  float* second;
  float rate, beta1, beta2, epsilon, decay;
  float correction1, correction2;  // 1 - beta^t
};

struct Kernels {
  void (*multiply)(const Product&);
  void (*cell)(const CellStep&);
  void (*cell_back)(const CellStepBack&);
  void (*adam)(const AdamStep&);
  /// out = gelu(in), slope = its derivative there.
  void (*gelu)(std::size_t count, const float* in, float* out, float* slope);
  /// Softmax of each row, in place.
  void (*softmax)(std::size_t rows, std::size_t columns, float* values);
};

const Kernels& kernels();

/// Those two, for tests; `wide` is null where it was not built or this processor lacks it.
const Kernels& plain_kernels();
const Kernels* wide_kernels();

}  // namespace gemel::networks::detail
