#pragma once
// What stands beside a network's file and says how it is to be used: docs/formats/network.md.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "networks/served_network.hpp"

namespace gemel::networks {

/// A network sees (value - offset) / scale.
struct CardInput {
  std::string signal;  // its whole path, or an ending of it
  std::string unit;    // that the scaling is meant for; empty: the signal's own
  double offset = 0.0;
  double scale = 1.0;
};

enum class Answer : std::uint8_t {
  Reconstruction,  // the window, rows x signals
  Forecast,        // the rows that follow it, horizon x signals
  Score,           // one number, the larger the stranger; or one for each signal
};

/// Where a server runs it; docs/formats/network.md says what is asked of it.
struct CardServer {
  std::string url;    // http://host:8000
  std::string model;  // its name there
  Duration deadline = Duration::milliseconds(200);
};

struct NetworkCard {
  std::string name;
  std::string network;  // the .onnx file, counted from the card's folder; empty: a server has it
  std::string sha256;   // of that file, hexadecimal; empty: not checked
  std::optional<CardServer> server;
  std::vector<CardInput> inputs;  // in the order in which the network takes them
  std::size_t rows = 0;           // of the window
  Duration period = {};           // between rows; 0: any
  Answer answer = Answer::Reconstruction;
  std::size_t horizon = 0;     // Forecast: rows
  bool score_each = false;     // Score: one for each signal
  std::string trained = "{}";  // how it came about, a JSON object; for people, nothing reads it

  Shape input_shape() const { return {1, rows, inputs.size()}; }
  Shape output_shape() const;
};

/// Errors: Corruption (no JSON, no card, a version from later), InvalidInput (what it says makes no
/// sense); the message says which field, and what it should be.
Result<NetworkCard> parse_card(std::string_view json);
std::string to_json(const NetworkCard& card);

/// A card with what it speaks of: shared by those who let it answer.
struct StoredNetwork {
  NetworkCard card;
  std::string bytes;   // of the .onnx file; empty: a server has it
  std::string sha256;  // of the bytes, or of the card where there are none

  /// Ready to answer. Errors: those of `load_onnx`; a server is asked only when it has to answer.
  Result<std::unique_ptr<ServedNetwork>> open() const;

  /// Before the first `open` of a file that came from outside: `try_onnx`. A server is not asked.
  Result<void> try_out() const;
};

/// Reads NAME.card.json and the file that it names. Errors: NotFound, Corruption (the checksum is
/// another), and those of `parse_card`; the message begins with the path.
Result<StoredNetwork> read_network(const std::string& card_path);

/// Writes `<path>.onnx` and `<path>.card.json`, each whole or not at all; fills in the card's file
/// and checksum. Errors: Unavailable with the system's reason.
Result<void> write_network(const std::string& path, NetworkCard card, std::string_view onnx);

/// Lower-case hexadecimal.
std::string sha256_of(std::string_view bytes);

}  // namespace gemel::networks
