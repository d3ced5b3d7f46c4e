#pragma once
// One function a kind of network; each stands in a file of its own.

#include "networks/network.hpp"

namespace gemel::networks::detail {

std::unique_ptr<Network> make_lstm_autoencoder(NetworkOptions options, std::uint64_t seed);
std::unique_ptr<Network> make_patchtst(NetworkOptions options, std::uint64_t seed);
std::unique_ptr<Network> make_timesnet(NetworkOptions options, std::uint64_t seed);
std::unique_ptr<Network> make_mlp(NetworkOptions options, std::uint64_t seed);

/// Weights and bias of a layer.
struct Dense {
  const Parameter* weights;
  const Parameter* bias;

  Dense(ParameterSet& all, const std::string& name, std::size_t in, std::size_t out, Random& random)
      : weights(&all.weights(name + "_weights", {in, out}, random)),
        bias(&all.filled(name + "_bias", {out}, 0.0F)) {}
  Var operator()(Tape& tape, Var x) const;
};

/// Gain and shift of a norm over the last dimension.
struct Norm {
  const Parameter* gain;
  const Parameter* shift;

  Norm(ParameterSet& all, const std::string& name, std::size_t width)
      : gain(&all.filled(name + "_gain", {width}, 1.0F)),
        shift(&all.filled(name + "_shift", {width}, 0.0F)) {}
  Var operator()(Tape& tape, Var x) const;
};

/// Each signal of each window by its own mean and spread, and the way back.
/// Shapes: batch x signals x rows; `restore` takes any number of rows.
/// Source: Kim et al., "Reversible instance normalization", ICLR 2022; without the affine part.
struct InstanceNorm {
  Var normal, mean, spread;
  InstanceNorm(Tape& tape, Var x);
  Var restore(Tape& tape, Var y) const;
};

/// 0, 1, … n-1
std::vector<std::size_t> first_places(std::size_t n);

}  // namespace gemel::networks::detail
