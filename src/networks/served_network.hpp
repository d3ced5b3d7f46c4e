#pragma once
// A network that answers, wherever it runs.

#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "networks/tensor.hpp"

namespace gemel::networks {

/// Threads: one at a time. Lifetime: shared by those who ask it, on one thread.
class ServedNetwork {
 public:
  virtual ~ServedNetwork() = default;

  /// One window to one answer. Shapes: as `input_shape` and `output_shape`, batch 1.
  /// Errors: Corruption (the answer holds numbers that are none), and those of whoever runs it.
  virtual Result<void> answer(std::span<const float> window, std::span<float> out) = 0;

  virtual const Shape& input_shape() const = 0;
  virtual const Shape& output_shape() const = 0;
};

/// Refuses NaN and infinities, naming where the first stands.
Result<void> check_numbers(std::span<const float> values, const std::string& whose);

}  // namespace gemel::networks
