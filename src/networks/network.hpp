#pragma once
// The networks that can be trained here: what each is made of, and what it learns.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "networks/parameters.hpp"
#include "networks/tape.hpp"

namespace gemel::networks {

enum class NetworkKind : std::uint8_t {
  LstmAutoencoder,  // a window through a narrow state and back
  PatchTst,         // attention between pieces of one signal's past
  TimesNet,         // convolutions over a window folded by its periods
  Mlp,              // two layers over the whole window
};

/// "lstm_autoencoder", "patchtst", "timesnet", "mlp"
std::string_view to_string(NetworkKind kind);
std::optional<NetworkKind> network_kind(std::string_view name);

/// Sizes that are 0 take the kind's own default.
struct NetworkOptions {
  NetworkKind kind = NetworkKind::LstmAutoencoder;
  std::size_t signals = 1;
  std::size_t rows = 32;    // of the window
  std::size_t horizon = 0;  // rows that are forecast; 0: the window itself is reconstructed
  std::size_t width = 0;    // of the state or of a place
  std::size_t layers = 0;
  std::size_t heads = 0;          // PatchTst; width is a multiple of it
  std::size_t patch = 0;          // PatchTst: rows of a piece; they begin every half of it
  std::size_t feed = 0;           // width between the two layers of a feed-forward part
  double dropout = -1.0;          // negative: the default
  std::vector<double> periods{};  // TimesNet: rows, from `periods_of`
  std::vector<double> weights{};  // TimesNet: of each period
};

/// Shapes: a window is batch x rows x signals, scaled; what comes out is batch x horizon x signals,
/// or like the window. Threads: `build` from any, while nobody changes the parameters.
class Network {
 public:
  /// The parameters as the seed draws them. Errors: InvalidInput for sizes that do not fit
  /// together.
  static Result<std::unique_ptr<Network>> make(NetworkOptions options, std::uint64_t seed);
  virtual ~Network() = default;

  virtual Var build(Tape& tape, Var window) const = 0;

  /// With the defaults put in.
  const NetworkOptions& options() const { return options_; }
  ParameterSet& parameters() { return parameters_; }
  const ParameterSet& parameters() const { return parameters_; }
  /// Rows that come out.
  std::size_t rows_out() const { return options_.horizon > 0 ? options_.horizon : options_.rows; }

  /// The bytes of an .onnx file: "window" of 1 x rows x signals in, "values" out.
  std::string to_onnx(const OnnxStyle& style = {}) const;

 protected:
  Network(NetworkOptions options, std::uint64_t seed) : options_(std::move(options)), seed_(seed) {}
  NetworkOptions options_;
  std::uint64_t seed_;
  ParameterSet parameters_;
};

}  // namespace gemel::networks
