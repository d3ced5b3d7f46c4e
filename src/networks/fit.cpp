#include "networks/fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.hpp"
#include "networks/adam.hpp"
#include "networks/ops.hpp"

namespace gemel::networks {
namespace {

/// A tape for some windows at once, with its loss.
class Batch {
 public:
  Batch(const Network& network, std::size_t windows)
      : rows_(network.options().rows), horizon_(network.options().horizon), windows_(windows) {
    const std::size_t signals = network.options().signals;
    window_ = tape_.input({windows, rows_, signals});
    out_ = network.build(tape_, window_);
    target_ = horizon_ > 0 ? tape_.input(tape_.shape(out_)) : window_;
    loss_ = mean_squared_error(tape_, out_, target_);
  }

  void fill(const Windows& from, std::span<const std::size_t> starts) {
    auto in = tape_.fill(window_).begin();
    for (const auto start : starts) in = std::copy_n(from.row(start), rows_ * from.signals, in);
    if (horizon_ == 0) return;
    auto ahead = tape_.fill(target_).begin();
    for (const auto start : starts)
      ahead = std::copy_n(from.row(start + rows_), horizon_ * from.signals, ahead);
  }
  double run(Mode mode) {
    tape_.run(mode);
    return tape_.value(loss_)[0];
  }
  void backward() { tape_.backward(loss_); }
  const Tape& tape() const { return tape_; }
  std::size_t windows() const { return windows_; }

 private:
  std::size_t rows_, horizon_, windows_;
  Tape tape_;
  Var window_, out_, target_, loss_;
};

class Fitting {
 public:
  Fitting(Network& network, const Windows& training, const FitOptions& options)
      : network_(network), training_(training), options_(options), adam_(network.parameters()) {
    const std::size_t shares = std::max<std::size_t>(1, options.shares);
    const std::size_t batch = std::min(options.batch, training.starts.size());
    const std::size_t each = std::max<std::size_t>(1, batch / shares);
    for (std::size_t i = 0; i < std::min(shares, batch); ++i) shares_.emplace_back(network, each);
    for (std::size_t i = 0; i < network.parameters().size(); ++i)
      gradients_.emplace_back(network.parameters()[i].value.values.size());
    losses_.resize(shares_.size());
  }

  std::size_t batch() const { return shares_.size() * shares_[0].windows(); }

  /// The loss before the step.
  double step(std::span<const std::size_t> starts, double rate) {
    const std::size_t each = shares_[0].windows();
    (void)share_out(shares_.size(), 1, [&](std::size_t first, std::size_t last) -> Result<void> {
      for (std::size_t i = first; i < last; ++i) {
        shares_[i].fill(training_, starts.subspan(i * each, each));
        losses_[i] = shares_[i].run(Mode::Learning);
        shares_[i].backward();
      }
      return {};
    });
    gather_gradients();
    adam_.step(gradients_, rate, options_.decay);
    double sum = 0.0;
    for (const double loss : losses_) sum += loss;
    return sum / static_cast<double>(losses_.size());
  }

 private:
  /// Their mean over the shares, in the shares' order, shortened if it is too long. A parameter
  /// that the tape doesn't reach keeps a gradient of zero.
  void gather_gradients() {
    const float part = 1.0F / static_cast<float>(shares_.size());
    double squares = 0.0;
    const auto& order = shares_[0].tape();
    for (std::size_t i = 0; i < order.parameters(); ++i) {
      auto& sum = gradients_[place_of(order.parameter(i))];
      std::ranges::fill(sum, 0.0F);
      for (const auto& share : shares_) {
        const auto one = share.tape().gradient(i);
        for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += part * one[j];
      }
      for (const float g : sum) squares += static_cast<double>(g) * g;
    }
    const double length = std::sqrt(squares);
    if (length <= options_.gradient_max) return;
    const auto shorten = static_cast<float>(options_.gradient_max / length);
    for (auto& gradient : gradients_) {
      for (float& g : gradient) g *= shorten;
    }
  }

  std::size_t place_of(const Parameter& parameter) const {
    for (std::size_t i = 0; i < network_.parameters().size(); ++i) {
      if (&network_.parameters()[i] == &parameter) return i;
    }
    GEMEL_CHECK(false);
    return 0;
  }

  Network& network_;
  const Windows& training_;
  const FitOptions& options_;
  Adam adam_;
  std::vector<Batch> shares_;
  std::vector<std::vector<float>> gradients_;
  std::vector<double> losses_;
};

void shuffle(std::vector<std::size_t>& order, Random& random) {
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
}

std::vector<Tensor> copy_of(const ParameterSet& parameters) {
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < parameters.size(); ++i) out.push_back(parameters[i].value);
  return out;
}

}  // namespace

double error_over(const Network& network, const Windows& windows) {
  constexpr std::size_t kAtOnce = 64;
  const std::size_t batches = (windows.starts.size() + kAtOnce - 1) / kAtOnce;
  std::vector<double> sums(batches, 0.0);
  (void)share_out(batches, 8, [&](std::size_t first, std::size_t last) -> Result<void> {
    std::optional<Batch> whole;
    for (std::size_t b = first; b < last; ++b) {
      const auto starts = std::span(windows.starts).subspan(b * kAtOnce);
      const std::size_t n = std::min(kAtOnce, starts.size());
      if (!whole || whole->windows() != n) whole.emplace(network, n);
      whole->fill(windows, starts.first(n));
      sums[b] = whole->run(Mode::Judging) * static_cast<double>(n);
    }
    return {};
  });
  double sum = 0.0;
  for (const double one : sums) sum += one;
  return sum / static_cast<double>(windows.starts.size());
}

Result<FitReport> fit(Network& network, const Windows& training, const Windows& validation,
                      const FitOptions& options, const std::function<void(const Epoch&)>& told,
                      std::stop_token stop) {
  if (training.starts.empty() || validation.starts.empty())
    return Error{ErrorCode::InvalidInput,
                 "there are " + std::to_string(training.starts.size()) +
                     " whole windows to learn from and " +
                     std::to_string(validation.starts.size()) +
                     " to validate with; lengthen the stretch or shorten the window"};
  Fitting fitting(network, training, options);
  Random random(options.seed);
  auto order = training.starts;
  auto best_parameters = copy_of(network.parameters());
  FitReport report;
  report.best.validation = std::numeric_limits<double>::infinity();
  double rate = options.rate;
  for (std::size_t epoch = 1; epoch <= options.epochs && !report.interrupted; ++epoch) {
    shuffle(order, random);
    std::size_t taken = order.size();
    if (options.windows_max > 0)
      taken = std::min(taken, std::max(options.windows_max, fitting.batch()));
    double sum = 0.0;
    std::size_t steps = 0;
    for (std::size_t i = 0; i + fitting.batch() <= taken; i += fitting.batch(), ++steps) {
      if ((report.interrupted = stop.stop_requested())) break;
      sum += fitting.step(std::span(order).subspan(i, fitting.batch()), rate);
      report.windows += fitting.batch();
    }
    if (steps == 0) break;
    const double loss = sum / static_cast<double>(steps);
    const double judged = error_over(network, validation);
    if (!std::isfinite(loss) || !std::isfinite(judged))
      return Error{ErrorCode::Internal, "the error became no number in epoch " +
                                            std::to_string(epoch) +
                                            "; try a smaller --rate, and look for wild values"};
    Epoch now{epoch, report.windows, loss, judged, judged < report.best.validation};
    report.epochs = epoch;
    if (now.best) {
      report.best = now;
      best_parameters = copy_of(network.parameters());
    } else {
      rate *= 0.5;
    }
    if (told) told(now);
    if (epoch - report.best.number >= options.patience) break;
  }
  for (std::size_t i = 0; i < network.parameters().size(); ++i)
    network.parameters()[i].value = best_parameters[i];
  return report;
}

}  // namespace gemel::networks
