// JSON messages of one row and of fifty, three signals each; beside Python's json module.

#include "connectors/payload/message_reader.hpp"
#include "parts.hpp"

namespace gemel::bench {
namespace {

using connectors::payload::MessageLayout;
using connectors::payload::MessageReader;

constexpr const char* kPeer = "python3 json.loads + dict look-ups";
constexpr const char* kPeerScript =
    "import json,sys,time\n"
    "m=sys.argv[1];n=int(sys.argv[2]);b=0\n"
    "for _ in range(3):\n"
    "  s=time.perf_counter();k=0\n"
    "  for _ in range(n):\n"
    "    d=json.loads(m)\n"
    "    for r in (d if isinstance(d,list) else (d,)):\n"
    "      "
    "t=r[\"ts\"];k+=len((float(r[\"flow\"]),float(r[\"pressure\"]),float(r[\"vibration\"])))\n"
    "  b=max(b,k/(time.perf_counter()-s))\n"
    "print(b)\n";

std::string row(int n) {
  return "{\"ts\":" + std::to_string(1'700'000'000'000 + n) +
         ",\"flow\":" + std::to_string(120 + n % 7) + ".25,\"pressure\":2.1" +
         std::to_string(n % 10) + ",\"vibration\":0.038" + std::to_string(n % 10) + "}";
}

std::string batch(int rows) {
  std::string text = "[";
  for (int n = 0; n < rows; ++n) text += (n ? "," : "") + row(n);
  return text + "]";
}

MessageLayout layout() {
  Plant plant;
  Binding binding;
  binding.time_path = "$.ts";
  for (const auto* path : {"$.flow", "$.pressure", "$.vibration"}) {
    Signal signal;
    signal.id = {static_cast<std::uint32_t>(plant.signals.size())};
    plant.signals.push_back(signal);
    binding.fields.push_back({signal.id, path, 1.0, 0.0});
  }
  return MessageLayout::compile(plant, binding).value();
}

double samples_per_s(const std::string& message, int messages) {
  const auto compiled = layout();
  MessageReader reader;
  std::vector<Sample> samples;
  reader.read(compiled, message, {}, samples);
  const auto per_message = samples.size();
  return best_rate(5, static_cast<double>(per_message) * messages, [&] {
    for (int n = 0; n < messages; ++n) {
      samples.clear();
      reader.read(compiled, message, {}, samples);
    }
  });
}

Measurement measure(const std::string& name, const std::string& message, int messages) {
  const auto peer = ask_python(kPeerScript, {message, std::to_string(messages / 20)});
  return {.name = name,
          .value = samples_per_s(message, messages),
          .unit = "samples/s",
          .better = "higher",
          .peer = peer ? kPeer : "",
          .peer_value = peer,
          .aim = std::nullopt};
}

}  // namespace

std::vector<Measurement> measure_decoding(const Options& options) {
  const int messages = options.quick ? 100'000 : 500'000;
  return {measure("decode JSON, one row of three signals a message", row(0), messages),
          measure("decode JSON, 50 rows of three signals a message", batch(50), messages / 25)};
}

}  // namespace gemel::bench
