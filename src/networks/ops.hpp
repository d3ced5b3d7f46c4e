#pragma once
// The steps that networks are made of. Each puts itself on the tape and gives its result.
//
// Shapes: N stands for any dimensions before the last; what does not fit is a mistake of ours and
// stops the process.

#include <cstdint>
#include <vector>

#include "networks/tape.hpp"

namespace gemel::networks {

/// x W + b. Shapes: x N x in, weights in x out, bias out; gives N x out.
Var linear(Tape& tape, Var x, Var weights, Var bias);

/// With numpy's broadcasting as far as it is needed: b is shaped like a, or like a's last
/// dimensions, or like a but for a last dimension of one, or one number.
Var add(Tape& tape, Var a, Var b);
Var subtract(Tape& tape, Var a, Var b);
Var multiply(Tape& tape, Var a, Var b);
Var divide(Tape& tape, Var a, Var b);

Var relu(Tape& tape, Var x);
/// x times the normal distribution at x. Source: Hendrycks, Gimpel, 2016.
Var gelu(Tape& tape, Var x);
Var square_root(Tape& tape, Var x);

/// While learning, sets this share to 0 and stretches the rest; otherwise does nothing.
/// Source: Srivastava et al., JMLR 2014.
Var dropout(Tape& tape, Var x, double share, std::uint64_t seed);

Var reshape(Tape& tape, Var x, Shape shape);
/// Dimension i of the result is dimension order[i] of x.
Var transpose(Tape& tape, Var x, std::vector<std::size_t> order);
/// Along one dimension, takes what stands at these places: a cut, a repetition, a padding or, with
/// places shaped 2-D, overlapping pieces. Shapes: the dimension is replaced by those of `places`.
Var gather(Tape& tape, Var x, std::size_t dimension, std::vector<std::size_t> places,
           Shape places_shape);

/// Mean over the last dimension, which stays as one.
Var mean_last(Tape& tape, Var x);
/// To mean 0 and variance 1 over the last dimension, then times `gain` plus `shift`.
/// Source: Ba, Kiros, Hinton, 2016.
Var layer_norm(Tape& tape, Var x, Var gain, Var shift);
/// Mean of the squared differences: one number.
Var mean_squared_error(Tape& tape, Var x, Var target);

/// Scaled dot-product attention of several heads, each on its part of the last dimension.
/// Shapes: all batch x places x width; width a multiple of heads.
/// Source: Vaswani et al., NeurIPS 2017.
Var attention(Tape& tape, Var query, Var key, Var value, std::size_t heads);

/// All states of a recurrent layer that begins with zeros. Shapes: x batch x rows x in, weights
/// in x 4 width (gates input, output, forget, cell), recurrent width x 4 width, bias 4 width; gives
/// batch x rows x width. Source: Hochreiter, Schmidhuber, 1997; gates as ONNX orders them.
Var lstm(Tape& tape, Var x, Var weights, Var recurrent, Var bias);

/// Two-dimensional convolution that keeps the size, zeros around. Shapes: x batch x in x height x
/// across, kernel side x side x in x out with an odd side, bias out; gives batch x out x height x
/// across.
Var convolution(Tape& tape, Var x, Var kernel, Var bias);

}  // namespace gemel::networks
