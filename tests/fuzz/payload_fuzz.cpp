// JSON payloads and the paths into them. Input: time path, field paths, each ended by a line end;
// an empty line; the payload.

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "connectors/payload/command_message.hpp"
#include "connectors/payload/message_reader.hpp"

namespace {

using namespace gemel;

const Plant& plant() {
  static const Plant kMade = [] {
    Plant made;
    for (std::uint32_t i = 0; i < 8; ++i) {
      Signal signal;
      signal.id = {i};
      signal.path = "s" + std::to_string(i);
      if (i % 2 == 1) signal.states = {"off", "on"};
      made.signals.push_back(signal);
    }
    return made;
  }();
  return kMade;
}

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Binding binding;
  binding.time_path = std::string(take_line(rest));
  for (std::uint32_t i = 0; i < plant().signals.size(); ++i) {
    const auto path = take_line(rest);
    if (path.empty()) break;
    binding.fields.push_back({SignalId{i}, path == "-" ? "" : std::string(path), 1.0 + i, 0.5});
  }
  const auto layout = connectors::payload::MessageLayout::compile(plant(), binding);
  if (!layout) {
    GEMEL_CHECK(!layout.error().message.empty());
    return 0;
  }
  static connectors::payload::MessageReader reader;
  std::vector<Sample> samples;
  const auto outcome = reader.read(*layout, rest, Timestamp{42}, samples);
  GEMEL_CHECK(outcome.samples == samples.size());
  GEMEL_CHECK((outcome.faults == 0 && outcome.readable) == outcome.trouble.empty());
  for (const auto& sample : samples) {
    GEMEL_CHECK(sample.signal.index < plant().signals.size() && std::isfinite(sample.value));
  }
  (void)connectors::payload::read_reply(rest);
  return 0;
}
