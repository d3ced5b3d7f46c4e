#pragma once
// A surrogate as an ONNX file, to be asked by any program that runs those.

#include <string>

#include "surrogates/trained_surrogate.hpp"

namespace gemel::surrogates {

/// The bytes of an .onnx file (operator set 17) with an input "factors" (experiments × factors, in
/// the factors' own units) and an output "prediction" (experiments × 2 · answers: all means, then
/// all spreads), both of 32 bits; between them it computes with 64, networks with 32.
/// Size: 8 · points² bytes for each answer of a Gaussian process; of networks some 60 kB in all.
std::string to_onnx(const TrainedSurrogate& surrogate);

}  // namespace gemel::surrogates
