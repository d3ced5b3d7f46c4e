#pragma once
// The loops in which a million predictions spend their time. Built twice from one source where the
// processor's family has two: plainly, and with wider registers (AVX2, FMA); the wider is taken
// when the processor that the program runs on has them. So two machines may round differently.

#include <cstddef>

#include "surrogates/prediction.hpp"

namespace gemel::surrogates::detail {

/// A Gaussian process as GaussianProcess::Inside describes it.
struct Process {
  std::size_t count, dimensions;  // answers that it learnt from
  const double* points;           // over lengths
  const double* lengths;
  const double* weights;
  const double* root;
  double mean, variance, noise, spread_scale;
};

/// A layer: out = in · weights + bias, rectified or not. Shapes: all row by row.
struct Dense {
  std::size_t points, inputs, outputs;
  const float* in;
  const float* weights;
  const float* bias;
  bool rectified;
  float* out;
};

struct Loops {
  /// Shapes: inputs is points × dimensions, row by row.
  void (*predict)(const Process&, const double* inputs, std::size_t points, Prediction* out);
  void (*dense)(const Dense&);
};

const Loops& loops();

/// Those two, for tests; `wide` is null where it was not built or this processor lacks it.
const Loops& plain_loops();
const Loops* wide_loops();

}  // namespace gemel::surrogates::detail
