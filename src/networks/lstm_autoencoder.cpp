// The window through the last state of a recurrent layer, and out of it again by another that is
// given that state at every row. Source: Malhotra et al., "LSTM-based encoder-decoder for
// multi-sensor anomaly detection", ICML workshop 2016; Srivastava et al., ICML 2015 (the decoder
// without feedback).

#include "networks/detail/architectures.hpp"
#include "networks/ops.hpp"

namespace gemel::networks::detail {
namespace {

struct Recurrent {
  const Parameter* weights;
  const Parameter* recurrent;
  const Parameter* bias;

  Recurrent(ParameterSet& all, const std::string& name, std::size_t in, std::size_t width,
            Random& random)
      : weights(&all.weights(name + "_weights", {in, 4 * width}, random)),
        recurrent(&all.weights(name + "_recurrent", {width, 4 * width}, random)) {
    auto& values = all.filled(name + "_bias", {4 * width}, 0.0F);
    // The forget gate begins open (Jozefowicz et al., ICML 2015).
    std::fill_n(values.value.values.begin() + static_cast<std::ptrdiff_t>(2 * width), width, 1.0F);
    bias = &values;
  }
  Var operator()(Tape& tape, Var x) const {
    return lstm(tape, x, tape.parameter(*weights), tape.parameter(*recurrent),
                tape.parameter(*bias));
  }
};

class LstmAutoencoder final : public Network {
 public:
  LstmAutoencoder(NetworkOptions options, std::uint64_t seed)
      : Network(std::move(options), seed),
        random_(seed),
        encoder_(parameters_, "encoder", options_.signals, options_.width, random_),
        decoder_(parameters_, "decoder", options_.width, options_.width, random_),
        out_(parameters_, "out", options_.width, options_.signals, random_) {}

  Var build(Tape& tape, Var window) const override {
    const Var states = encoder_(tape, window);
    const std::vector<std::size_t> last(options_.rows, options_.rows - 1);
    const Var given = gather(tape, states, 1, last, {options_.rows});
    const Var kept = dropout(tape, given, options_.dropout, seed_);
    return out_(tape, decoder_(tape, kept));
  }

 private:
  Random random_;
  Recurrent encoder_, decoder_;
  Dense out_;
};

}  // namespace

std::unique_ptr<Network> make_lstm_autoencoder(NetworkOptions options, std::uint64_t seed) {
  return std::make_unique<LstmAutoencoder>(std::move(options), seed);
}

}  // namespace gemel::networks::detail
