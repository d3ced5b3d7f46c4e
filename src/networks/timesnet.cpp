// The window is folded by each of its periods into a picture (one period a row), over which
// convolutions of several sizes see within and across periods at once.
// Source: Wu et al., "TimesNet", ICLR 2023. Theirs looks for the periods in every window; here they
// and their weights are found once, on the training stretch (`periods_of`), so that the network is
// a graph of fixed shapes, which an ONNX file can hold.

#include <algorithm>
#include <cmath>

#include "networks/detail/architectures.hpp"
#include "networks/ops.hpp"

namespace gemel::networks::detail {
namespace {

/// The mean of convolutions of side 1, 3 and 5.
class Inception {
 public:
  Inception(ParameterSet& all, const std::string& name, std::size_t in, std::size_t out,
            Random& random) {
    for (const std::size_t side : {1U, 3U, 5U}) {
      const std::string own = name + "_" + std::to_string(side);
      kernels_.push_back(&all.weights(own + "_kernel", {side, side, in, out}, random));
      biases_.push_back(&all.filled(own + "_bias", {out}, 0.0F));
    }
  }
  Var operator()(Tape& tape, Var x) const {
    const auto one = [&](std::size_t i) {
      return convolution(tape, x, tape.parameter(*kernels_[i]), tape.parameter(*biases_[i]));
    };
    const Var sum = add(tape, add(tape, one(0), one(1)), one(2));
    return multiply(tape, sum, tape.constant(Tensor({1}, 1.0F / 3.0F)));
  }

 private:
  std::vector<const Parameter*> kernels_, biases_;
};

class TimesBlock {
 public:
  TimesBlock(ParameterSet& all, const std::string& name, const NetworkOptions& o, Random& random)
      : widen_(all, name + "_widen", o.width, o.feed, random),
        narrow_(all, name + "_narrow", o.feed, o.width, random),
        norm_(all, name + "_norm", o.width) {}

  /// Shapes: batch x width x rows, kept.
  Var operator()(Tape& tape, Var x, const NetworkOptions& o) const {
    Var sum = x;
    for (std::size_t p = 0; p < o.periods.size(); ++p) {
      const Var weight = tape.constant(Tensor({1}, static_cast<float>(o.weights[p])));
      sum = add(tape, sum, multiply(tape, folded(tape, x, o.periods[p]), weight));
    }
    const Var normal = norm_(tape, transpose(tape, sum, {0, 2, 1}));
    return transpose(tape, normal, {0, 2, 1});
  }

 private:
  /// Filled up to whole periods by repeating the last row, and cut again.
  Var folded(Tape& tape, Var x, double period_rows) const {
    const Shape shape = tape.shape(x);
    const std::size_t rows = shape[2];
    const auto period =
        std::clamp<std::size_t>(static_cast<std::size_t>(std::lround(period_rows)), 1, rows);
    const std::size_t periods = (rows + period - 1) / period;
    auto places = first_places(periods * period);
    for (auto& place : places) place = std::min(place, rows - 1);
    const Var full = gather(tape, x, 2, places, {places.size()});
    const Var picture = reshape(tape, full, {shape[0], shape[1], periods, period});
    const Var seen = narrow_(tape, gelu(tape, widen_(tape, picture)));
    const Var flat = reshape(tape, seen, {shape[0], shape[1], periods * period});
    return periods * period == rows ? flat : gather(tape, flat, 2, first_places(rows), {rows});
  }

  Inception widen_, narrow_;
  Norm norm_;
};

class TimesNet final : public Network {
 public:
  TimesNet(NetworkOptions options, std::uint64_t seed)
      : Network(std::move(options), seed),
        random_(seed),
        embed_(parameters_, "embed", 3 * options_.signals, options_.width, random_),
        place_(&parameters_.normal("place", {options_.rows, options_.width}, 0.02F, random_)),
        ahead_(parameters_, "ahead", options_.rows, all_rows(), random_),
        out_(parameters_, "out", options_.width, options_.signals, random_) {
    for (std::size_t i = 0; i < options_.layers; ++i)
      blocks_.emplace_back(parameters_, "block" + std::to_string(i), options_, random_);
  }

  Var build(Tape& tape, Var window) const override {
    const std::size_t batch = tape.shape(window)[0], rows = options_.rows;
    const InstanceNorm norm(tape, transpose(tape, window, {0, 2, 1}));
    // Each row with its neighbours, the window taken for a ring.
    std::vector<std::size_t> neighbours;
    for (std::size_t t = 0; t < rows; ++t) {
      for (const std::size_t step : {rows - 1, std::size_t{0}, std::size_t{1}})
        neighbours.push_back((t + step) % rows);
    }
    const Var near =
        gather(tape, transpose(tape, norm.normal, {0, 2, 1}), 1, neighbours, {rows, 3});
    const Var words = embed_(tape, reshape(tape, near, {batch, rows, 3 * options_.signals}));
    const Var placed =
        dropout(tape, add(tape, words, tape.parameter(*place_)), options_.dropout, seed_);
    Var x = transpose(tape, placed, {0, 2, 1});
    if (options_.horizon > 0) x = ahead_(tape, x);
    for (const auto& block : blocks_) x = block(tape, x, options_);
    auto last = first_places(rows_out());
    for (auto& place : last) place += all_rows() - rows_out();
    const Var kept = gather(tape, transpose(tape, x, {0, 2, 1}), 1, last, {last.size()});
    const Var values = transpose(tape, out_(tape, kept), {0, 2, 1});
    return transpose(tape, norm.restore(tape, values), {0, 2, 1});
  }

 private:
  std::size_t all_rows() const { return options_.rows + options_.horizon; }

  Random random_;
  Dense embed_;
  const Parameter* place_;
  Dense ahead_, out_;
  std::vector<TimesBlock> blocks_;
};

}  // namespace

std::unique_ptr<Network> make_timesnet(NetworkOptions options, std::uint64_t seed) {
  return std::make_unique<TimesNet>(std::move(options), seed);
}

}  // namespace gemel::networks::detail
