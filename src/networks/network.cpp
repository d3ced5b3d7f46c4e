#include "networks/network.hpp"

#include <algorithm>
#include <array>

#include "networks/detail/architectures.hpp"

namespace gemel::networks {
namespace {

constexpr std::array<std::string_view, 4> kNames{"lstm_autoencoder", "patchtst", "timesnet", "mlp"};
constexpr std::size_t kRowsMax = 4096, kSignalsMax = 4096;

void set_default(std::size_t& size, std::size_t value) {
  if (size == 0) size = value;
}

void set_defaults(NetworkOptions& o) {
  const bool attends = o.kind == NetworkKind::PatchTst;
  set_default(o.width, o.kind == NetworkKind::Mlp ? 64 : attends ? 16 : 32);
  set_default(o.layers, attends || o.kind == NetworkKind::TimesNet ? 2 : 1);
  set_default(o.heads, 2);
  set_default(o.patch, 16);
  o.patch = std::min(o.patch, o.rows);
  set_default(o.feed, attends ? 4 * o.width : o.width);
  if (o.dropout < 0.0) o.dropout = attends ? 0.2 : 0.0;
}

Error misfit(const std::string& what) { return {ErrorCode::InvalidInput, "a network " + what}; }

Result<void> check(const NetworkOptions& o) {
  if (o.signals == 0 || o.signals > kSignalsMax)
    return misfit("of " + std::to_string(o.signals) + " signals: it takes 1 to 4096");
  if (o.rows < 2 || o.rows > kRowsMax || o.horizon > kRowsMax)
    return misfit("with a window of " + std::to_string(o.rows) + " rows and " +
                  std::to_string(o.horizon) +
                  " ahead: windows have 2 to 4096 rows, and as many "
                  "can be forecast at most");
  if (o.kind == NetworkKind::PatchTst && o.width % o.heads != 0)
    return misfit("of width " + std::to_string(o.width) + " can't be shared by " +
                  std::to_string(o.heads) + " heads; take a multiple");
  if (o.kind == NetworkKind::LstmAutoencoder && o.horizon > 0)
    return misfit(
        "lstm_autoencoder reconstructs its window and forecasts nothing; leave out the "
        "horizon, or take patchtst, timesnet or mlp");
  if (o.kind == NetworkKind::TimesNet &&
      (o.periods.empty() || o.periods.size() != o.weights.size()))
    return misfit("timesnet needs the periods that it folds the window by");
  if (!(o.dropout < 1.0)) return misfit("with dropout " + std::to_string(o.dropout) + ": below 1");
  return {};
}

}  // namespace

std::string_view to_string(NetworkKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::optional<NetworkKind> network_kind(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<NetworkKind>(i);
  }
  return std::nullopt;
}

Result<std::unique_ptr<Network>> Network::make(NetworkOptions options, std::uint64_t seed) {
  set_defaults(options);
  GEMEL_TRY(check(options));
  switch (options.kind) {
    case NetworkKind::LstmAutoencoder:
      return detail::make_lstm_autoencoder(std::move(options), seed);
    case NetworkKind::PatchTst:
      return detail::make_patchtst(std::move(options), seed);
    case NetworkKind::TimesNet:
      return detail::make_timesnet(std::move(options), seed);
    case NetworkKind::Mlp:
      break;
  }
  return detail::make_mlp(std::move(options), seed);
}

std::string Network::to_onnx(const OnnxStyle& style) const {
  Tape tape;
  const Var window = tape.input({1, options_.rows, options_.signals});
  const Var out = build(tape, window);
  return tape.to_onnx(window, "window", out, "values", style);
}

}  // namespace gemel::networks
