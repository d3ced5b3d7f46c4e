// Each signal on its own, by the same weights: its past is cut into pieces that overlap by half,
// the pieces attend to one another, and all of them together give what comes next.
// Source: Nie et al., "A time series is worth 64 words", ICLR 2023; with layer norm for their batch
// norm, which needs a batch to be told what is normal.

#include "networks/detail/architectures.hpp"
#include "networks/ops.hpp"

namespace gemel::networks::detail {
namespace {

class EncoderLayer {
 public:
  EncoderLayer(ParameterSet& all, const std::string& name, const NetworkOptions& o, Random& random)
      : heads_(o.heads),
        dropout_(o.dropout),
        query_(all, name + "_query", o.width, o.width, random),
        key_(all, name + "_key", o.width, o.width, random),
        value_(all, name + "_value", o.width, o.width, random),
        joined_(all, name + "_joined", o.width, o.width, random),
        wider_(all, name + "_wider", o.width, o.feed, random),
        back_(all, name + "_back", o.feed, o.width, random),
        after_attention_(all, name + "_norm1", o.width),
        after_feed_(all, name + "_norm2", o.width) {}

  Var operator()(Tape& tape, Var x, std::uint64_t seed) const {
    const Var seen = attention(tape, query_(tape, x), key_(tape, x), value_(tape, x), heads_);
    const Var looked = dropout(tape, joined_(tape, seen), dropout_, seed);
    const Var first = after_attention_(tape, add(tape, looked, x));
    const Var wide = dropout(tape, gelu(tape, wider_(tape, first)), dropout_, seed + 1);
    const Var fed = dropout(tape, back_(tape, wide), dropout_, seed + 2);
    return after_feed_(tape, add(tape, fed, first));
  }

 private:
  std::size_t heads_;
  double dropout_;
  Dense query_, key_, value_, joined_, wider_, back_;
  Norm after_attention_, after_feed_;
};

class PatchTst final : public Network {
 public:
  PatchTst(NetworkOptions options, std::uint64_t seed)
      : Network(std::move(options), seed),
        random_(seed),
        embed_(parameters_, "embed", options_.patch, options_.width, random_),
        place_(&parameters_.normal("place", {pieces(), options_.width}, 0.02F, random_)),
        head_(parameters_, "head", pieces() * options_.width, rows_out(), random_) {
    for (std::size_t i = 0; i < options_.layers; ++i)
      layers_.emplace_back(parameters_, "layer" + std::to_string(i), options_, random_);
  }

  Var build(Tape& tape, Var window) const override {
    const std::size_t batch = tape.shape(window)[0], signals = options_.signals;
    const InstanceNorm norm(tape, transpose(tape, window, {0, 2, 1}));
    const Var cut = gather(tape, norm.normal, 2, places(), {pieces(), options_.patch});
    const Var words = reshape(tape, cut, {batch * signals, pieces(), options_.patch});
    Var x = add(tape, embed_(tape, words), tape.parameter(*place_));
    x = dropout(tape, x, options_.dropout, seed_ * 1000);
    std::uint64_t seed = seed_ * 1000 + 1;
    for (const auto& layer : layers_) {
      x = layer(tape, x, seed);
      seed += 3;
    }
    const Var flat = reshape(tape, x, {batch * signals, pieces() * options_.width});
    const Var ahead = head_(tape, dropout(tape, flat, options_.dropout, seed));
    const Var restored = norm.restore(tape, reshape(tape, ahead, {batch, signals, rows_out()}));
    return transpose(tape, restored, {0, 2, 1});
  }

 private:
  std::size_t stride() const { return std::max<std::size_t>(1, options_.patch / 2); }
  /// The last row is repeated for one more piece.
  std::size_t pieces() const { return (options_.rows - options_.patch) / stride() + 2; }

  std::vector<std::size_t> places() const {
    std::vector<std::size_t> out;
    for (std::size_t p = 0; p < pieces(); ++p) {
      for (std::size_t i = 0; i < options_.patch; ++i)
        out.push_back(std::min(p * stride() + i, options_.rows - 1));
    }
    return out;
  }

  Random random_;
  Dense embed_;
  const Parameter* place_;
  Dense head_;
  std::vector<EncoderLayer> layers_;
};

}  // namespace

std::unique_ptr<Network> make_patchtst(NetworkOptions options, std::uint64_t seed) {
  return std::make_unique<PatchTst>(std::move(options), seed);
}

}  // namespace gemel::networks::detail
