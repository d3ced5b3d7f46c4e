#pragma once
// From rows of a detector's signals to a network with its card.

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "core/plant.hpp"
#include "inference/learning_rows.hpp"
#include "networks/fit.hpp"
#include "networks/network.hpp"
#include "networks/network_card.hpp"

namespace gemel::learning {

struct NetworkTraining {
  networks::NetworkOptions network;  // its signals and a TimesNet's periods are found out
  networks::FitOptions fit;
  double validation_share = 0.2;  // the last part of the rows stops the training early
  bool int8 = false;              // weights as eight-bit integers in the file
  std::uint64_t seed = 1;         // of the first parameters
  std::string program;            // that trains, for the card
};

struct TrainedNetwork {
  std::string onnx;
  networks::NetworkCard card;
  networks::FitReport report;
  std::size_t training_windows = 0, validation_windows = 0, parameters = 0;
  /// Mean squared error on the validation windows in scaled units: of the network as it is written
  /// (by ONNX Runtime, so that the loss by eight-bit weights is seen), and of saying nothing but
  /// what is usual. Empty where ONNX Runtime is not there.
  std::optional<double> error_written, error_float;
  double error_usual = 0.0;
};

/// Each signal is scaled by its median and robust spread over the part that is learnt from. A value
/// that is missing keeps its last, as it does when the network judges; no window reaches across a
/// silence, nor from the part that is learnt from into the part that validates.
/// Errors: InvalidInput (too few rows; sizes that do not fit) and those of `networks::fit`.
Result<TrainedNetwork> train_network(const Plant& plant, const DetectorSpec& spec,
                                     const inference::RowTable& rows, Duration row_period,
                                     NetworkTraining training,
                                     const std::function<void(const networks::Epoch&)>& told,
                                     std::stop_token stop);

}  // namespace gemel::learning
