#include "learning/network_training.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "inference/robust.hpp"
#include "networks/onnx_network.hpp"

namespace gemel::learning {
namespace {

using networks::Answer;
using networks::CardInput;
using networks::Network;
using networks::NetworkCard;
using networks::Stretch;
using networks::Windows;

/// Written networks are held beside the tape on this many windows at most.
constexpr std::size_t kCheckedMax = 2000;

std::vector<CardInput> scaling_of(const Plant& plant, const DetectorSpec& spec,
                                  const inference::RowTable& rows, std::size_t until) {
  std::vector<CardInput> inputs;
  for (std::size_t s = 0; s < rows.width; ++s) {
    const auto& signal = plant.signal(spec.signals[s]);
    std::vector<double> values;
    for (std::size_t i = 0; i < until; ++i) {
      if (rows.qualities[i * rows.width + s].usable())
        values.push_back(rows.values[i * rows.width + s]);
    }
    CardInput input{signal.path, signal.unit.symbol, 0.0, 1.0};
    if (!values.empty()) {
      const double floor = std::max(1e-9, 1e-4 * std::abs(values.front()));
      const auto spread = inference::robust_spread(values, floor);
      input.offset = spread.middle;
      input.scale = spread.width;
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

/// Beyond this many spreads a value is cut: one wild value would otherwise be all that is learnt.
constexpr double kScaledMax = 20.0;

std::vector<float> scaled_values(const inference::RowTable& rows,
                                 const std::vector<CardInput>& inputs) {
  std::vector<float> out(rows.values.size());
  std::vector<float> last(rows.width, 0.0F);
  for (std::size_t at = 0; at < out.size(); ++at) {
    const std::size_t s = at % rows.width;
    if (rows.qualities[at].usable()) {
      const double scaled = (rows.values[at] - inputs[s].offset) / inputs[s].scale;
      last[s] = static_cast<float>(std::clamp(scaled, -kScaledMax, kScaledMax));
    }
    out[at] = last[s];
  }
  return out;
}

/// Rows that follow one another without a silence, within [from, until).
std::vector<Stretch> stretches_of(const inference::RowTable& rows, Duration row_period,
                                  std::size_t from, std::size_t until) {
  std::vector<Stretch> out;
  for (std::size_t i = from; i < until; ++i) {
    const bool follows = i > from && rows.times[i] - rows.times[i - 1] <= row_period * 3;
    if (follows)
      out.back().second = i + 1;
    else
      out.emplace_back(i, i + 1);
  }
  return out;
}

double error_of_usual(const Windows& windows, const networks::NetworkOptions& o) {
  double sum = 0.0, n = 0.0;
  const std::size_t from = o.horizon > 0 ? o.rows : 0;
  const std::size_t until = o.rows + o.horizon;
  for (const auto start : windows.starts) {
    for (std::size_t i = (start + from) * windows.signals; i < (start + until) * windows.signals;
         ++i) {
      sum += static_cast<double>(windows.values[i]) * windows.values[i];
      n += 1.0;
    }
  }
  return n > 0.0 ? sum / n : 0.0;
}

/// By ONNX Runtime, on a share of the windows if they are many.
Result<double> error_of_file(std::string_view onnx, const NetworkCard& card,
                             const Windows& windows) {
  GEMEL_ASSIGN(const auto served,
               networks::load_onnx(onnx, card.input_shape(), card.output_shape()));
  std::vector<float> out(networks::count(card.output_shape()));
  const std::size_t size = card.rows * windows.signals;
  const std::size_t step = std::max<std::size_t>(1, windows.starts.size() / kCheckedMax);
  double sum = 0.0, n = 0.0;
  for (std::size_t i = 0; i < windows.starts.size(); i += step) {
    const float* window = windows.row(windows.starts[i]);
    GEMEL_TRY(served->answer({window, size}, out));
    const float* target = card.answer == Answer::Forecast ? window + size : window;
    for (std::size_t j = 0; j < out.size(); ++j) sum += std::pow(out[j] - target[j], 2);
    n += static_cast<double>(out.size());
  }
  return sum / n;
}

std::string told_of(const NetworkTraining& training, const Network& network,
                    const inference::RowTable& rows, const TrainedNetwork& made) {
  const auto& o = network.options();
  nlohmann::ordered_json out{{"program", training.program},
                             {"kind", std::string(networks::to_string(o.kind))},
                             {"seed", training.seed},
                             {"from", to_string(rows.times.front())},
                             {"until", to_string(rows.times.back())},
                             {"rows", rows.rows()},
                             {"training_windows", made.training_windows},
                             {"validation_windows", made.validation_windows},
                             {"parameters", made.parameters},
                             {"epochs", made.report.epochs},
                             {"best_epoch", made.report.best.number},
                             {"interrupted", made.report.interrupted},
                             {"validation_error", made.report.best.validation},
                             {"validation_error_of_the_usual", made.error_usual},
                             {"int8", training.int8}};
  if (made.error_written) out["validation_error_as_written"] = *made.error_written;
  if (!o.periods.empty()) out["periods_rows"] = o.periods;
  return out.dump();
}

Error too_few(const DetectorSpec& spec, const inference::RowTable& rows, std::size_t length) {
  return {ErrorCode::InvalidInput,
          spec.path + ": " + std::to_string(rows.rows()) + " rows are too few for windows of " +
              std::to_string(length) +
              "; lengthen the stretch (--from, --until), or shorten the window (--window)"};
}

}  // namespace

Result<TrainedNetwork> train_network(const Plant& plant, const DetectorSpec& spec,
                                     const inference::RowTable& rows, Duration row_period,
                                     NetworkTraining training,
                                     const std::function<void(const networks::Epoch&)>& told,
                                     std::stop_token stop) {
  auto& o = training.network;
  o.signals = rows.width;
  const std::size_t length = o.rows + o.horizon;
  if (rows.rows() < 4 * length) return too_few(spec, rows, length);
  const auto cut = static_cast<std::size_t>((1.0 - training.validation_share) *
                                            static_cast<double>(rows.rows()));
  TrainedNetwork made;
  made.card.inputs = scaling_of(plant, spec, rows, cut);
  Windows learnt, held_out;
  learnt.signals = held_out.signals = rows.width;
  learnt.values = held_out.values = scaled_values(rows, made.card.inputs);
  learnt.starts = networks::starts_within(stretches_of(rows, row_period, 0, cut), length);
  held_out.starts =
      networks::starts_within(stretches_of(rows, row_period, cut, rows.rows()), length);
  if (learnt.starts.empty() || held_out.starts.empty()) return too_few(spec, rows, length);

  if (o.kind == networks::NetworkKind::TimesNet) {
    const auto periods = networks::periods_of(learnt, o.rows, 2);
    o.periods = periods.rows;
    o.weights = periods.weights;
  }
  GEMEL_ASSIGN(const auto network, Network::make(o, training.seed));
  GEMEL_ASSIGN(made.report, networks::fit(*network, learnt, held_out, training.fit, told, stop));
  if (made.report.best.number == 0)
    return Error{ErrorCode::Cancelled,
                 "stopped before the first epoch was over; nothing was learnt yet"};
  made.training_windows = learnt.starts.size();
  made.validation_windows = held_out.starts.size();
  made.parameters = network->parameters().numbers();
  made.error_usual = error_of_usual(held_out, network->options());

  made.card.name = spec.path;
  made.card.rows = o.rows;
  made.card.period = row_period;
  made.card.horizon = o.horizon;
  made.card.answer = o.horizon > 0 ? Answer::Forecast : Answer::Reconstruction;
  made.onnx = network->to_onnx({.int8 = training.int8});
  if (networks::onnx_available()) {
    GEMEL_ASSIGN(made.error_written, error_of_file(made.onnx, made.card, held_out));
    GEMEL_ASSIGN(made.error_float, error_of_file(network->to_onnx(), made.card, held_out));
  }
  made.card.trained = told_of(training, *network, rows, made);
  return made;
}

}  // namespace gemel::learning
