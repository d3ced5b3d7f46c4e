#pragma once
// The plant that the benchmark's samples come from: which signal sits where, what it is called, and
// what kind of thing it measures. Nothing here is random.

#include <cstdint>
#include <memory>
#include <string>

#include "core/plant.hpp"

namespace gemel::bench {

/// How a signal behaves. Of twenty in a row thirteen, four and three.
enum class SignalKind : std::uint8_t { Analogue, Counter, SetPoint };

/// Where signal `index` sits: fifty signals an asset, ten assets a line, five lines a site.
struct Place {
  std::string site;    // "s00"
  std::string line;    // "l0"
  std::string asset;   // "unit0001"
  std::string sensor;  // "temperature_00", one of its kind in the asset

  /// Its path in the twin file: "s00.l0.unit0001.temperature_00".
  std::string path() const { return site + '.' + line + '.' + asset + '.' + sensor; }
};

constexpr std::uint32_t kSignalsPerAsset = 50;

SignalKind kind_of(std::uint32_t signal);
Place place_of(std::uint32_t signal);

/// A plant of that many bare signals, as a history needs it.
std::shared_ptr<const Plant> bare_plant(std::uint32_t signals);

/// A twin file for them, in which a line-protocol source `collectors` is bound to every signal.
/// `commit_every` as in the twin file ("100 ms"); empty: every batch is durable before it is
/// acknowledged.
std::string twin_file(std::uint32_t signals, const std::string& commit_every = {});

}  // namespace gemel::bench
