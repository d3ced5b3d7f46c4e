// Line protocol. Input: the body of a write.

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "connectors/line_protocol/decoder.hpp"

namespace {

using namespace gemel;
using connectors::line_protocol::DecodeOutcome;
using connectors::line_protocol::Decoder;

Plant make_plant() {
  Plant made;
  made.sources = {{"fuzz", LineProtocolSource{}}};
  for (std::uint32_t i = 0; i < 6; ++i) {
    Signal signal;
    signal.id = {i};
    if (i % 3 == 2) signal.states = {"off", "on"};
    made.signals.push_back(signal);
    Binding binding;
    binding.measurement = i < 4 ? "m" : "a b";
    if (i % 2 == 1) binding.tags = {{"t", "1"}};
    binding.fields = {{SignalId{i}, i % 3 == 2 ? "s" : "v", 1.0 + i, 0.5}};
    made.bindings.push_back(binding);
  }
  return made;
}

/// Reads all of the body, at least `part` samples at a time.
DecodeOutcome decode(Decoder& decoder, std::string_view body, std::size_t part,
                     std::vector<Sample>& samples) {
  DecodeOutcome outcome;
  for (std::size_t at = 0; at < body.size();) {
    const auto before = at;
    decoder.decode(body, at, Duration::microseconds(1), Timestamp{42}, part, samples, outcome);
    GEMEL_CHECK(at > before && at <= body.size());
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  static const Plant plant = make_plant();
  static Decoder experienced = std::move(Decoder::make(plant, 0)).value();
  auto fresh = std::move(Decoder::make(plant, 0)).value();
  // What a decoder remembers, and in which parts it reads, must not show.
  std::vector<Sample> first, second, third;
  const auto outcome = decode(fresh, body, SIZE_MAX / 2, first);
  const auto again = decode(fresh, body, 1, second);
  const auto seasoned = decode(experienced, body, 3, third);
  GEMEL_CHECK(first == second && first == third);
  for (const auto& other : {again, seasoned}) {
    GEMEL_CHECK(other.lines == outcome.lines && other.dropped == outcome.dropped &&
                other.unbound == outcome.unbound && other.faults == outcome.faults &&
                other.trouble == outcome.trouble);
  }
  GEMEL_CHECK((outcome.dropped == 0) == outcome.trouble.empty());
  for (const auto& sample : first) {
    GEMEL_CHECK(sample.signal.index < plant.signals.size() && std::isfinite(sample.value));
  }
  return 0;
}
