#pragma once
// A network out of an .onnx file, run in this process by ONNX Runtime on one thread.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "networks/served_network.hpp"

namespace gemel::networks {

/// Whether ONNX Runtime's library is there. Errors: Unsupported, with where it was looked for and
/// how to get it.
Result<void> onnx_available();

/// Takes the bytes of an .onnx file with one input of floats and one or more outputs, of which the
/// first counts. A side that the file leaves open is taken from `expected`, and so is the batch.
/// Shapes: `expected` as the caller will ask, 1 x rows x signals.
/// Errors: Unsupported (no library), InvalidInput (not a network, or not one of these shapes; in
/// ONNX Runtime's words where they are its own).
Result<std::unique_ptr<ServedNetwork>> load_onnx(std::string_view bytes,
                                                 const Shape& expected_input,
                                                 const Shape& expected_output);

/// Loads it and lets it answer once, in a child process: ONNX Runtime ends the process on some
/// files that are broken, and the twin must not end with it. Cost: a fork and one loading; for the
/// start. Errors: those of `load_onnx` and of answering, and InvalidInput when the child came to
/// its end.
Result<void> try_onnx(std::string_view bytes, const Shape& input, const Shape& output);

}  // namespace gemel::networks
