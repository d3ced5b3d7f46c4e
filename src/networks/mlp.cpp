// Two hidden layers over the whole window. What is forecast is the change since the last row.

#include "networks/detail/architectures.hpp"
#include "networks/ops.hpp"

namespace gemel::networks::detail {
namespace {

class Mlp final : public Network {
 public:
  Mlp(NetworkOptions options, std::uint64_t seed)
      : Network(std::move(options), seed),
        random_(seed),
        in_(parameters_, "in", options_.rows * options_.signals, options_.width, random_),
        // Narrower than the window, or reconstructing would be copying.
        middle_(parameters_, "middle", options_.width, narrow(), random_),
        out_(parameters_, "out", narrow(), rows_out() * options_.signals, random_) {}

  Var build(Tape& tape, Var window) const override {
    const std::size_t batch = tape.shape(window)[0];
    const bool forecasts = options_.horizon > 0;
    const auto last = [&](std::size_t rows) {
      return gather(tape, window, 1, std::vector<std::size_t>(rows, options_.rows - 1), {rows});
    };
    const Var change = forecasts ? subtract(tape, window, last(options_.rows)) : window;
    const Var flat = reshape(tape, change, {batch, options_.rows * options_.signals});
    const Var wide = dropout(tape, gelu(tape, in_(tape, flat)), options_.dropout, seed_);
    const Var out = reshape(tape, out_(tape, gelu(tape, middle_(tape, wide))),
                            {batch, rows_out(), options_.signals});
    return forecasts ? add(tape, out, last(options_.horizon)) : out;
  }

 private:
  std::size_t narrow() const { return std::max<std::size_t>(2, options_.width / 4); }

  Random random_;
  Dense in_, middle_, out_;
};

}  // namespace

std::unique_ptr<Network> make_mlp(NetworkOptions options, std::uint64_t seed) {
  return std::make_unique<Mlp>(std::move(options), seed);
}

}  // namespace gemel::networks::detail
