#include "options.hpp"

#include <charconv>
#include <cmath>
#include <functional>
#include <map>

#include <fmt/format.h>

#include "plant.hpp"
#include "text.hpp"

namespace riverside {
namespace {

constexpr std::string_view kHelp =
    R"(pump_station_plant: the pump station "riverside", simulated physically.

Live: runs beside the clock, publishes telemetry over MQTT and obeys commands.
  pump_station_plant --broker mqtt://127.0.0.1:1883
  pump_station_plant --script faults/tour.txt --for 2min
  pump_station_plant --state riverside.state --speed 10x

Record: simulates as fast as it can and writes one row a second.
  pump_station_plant --record riverside.csv --duration 1h --state riverside.state

Options
  --broker URL      mqtt://[user[:password]@]host[:port]      (mqtt://127.0.0.1:1883)
  --client-id TEXT  name of the MQTT client                   (riverside-plant)
  --rate RATE       samples a second, 0.01Hz to 10Hz          (1Hz)
  --seed N          same seed, same station                   (1)
  --script FILE     faults and other events, by the clock     (none)
  --speed FACTOR    simulated seconds a second, 0.1x to 100x  (1x)
  --for DURATION    stop after this much real time            (never)
  --mode MODE       remote: obeys commands; local: refuses    (remote)
  --state FILE      continue from this state; write it at the end
  --record FILE     write a CSV file instead of speaking MQTT
  --duration D      length of the record                      (1h)
  --until TIME      end of the record: now, or 2024-05-01T12:00:00Z  (now)
  --list-faults     what can go wrong, and how to ask for it
  --help            this text

Durations: 500ms, 20s, 5min, 1h, 2d.   Stop: Ctrl-C.
Faults while it runs: mosquitto_pub -t riverside/fault -m '{"fault":"clogging","asset":"line_1"}'
)";

std::string fault_list() {
  std::string text = "Faults (severity 0 to 1, 0.8 unless told)\n";
  for (const FaultHelp& each : fault_help()) {
    text += fmt::format("  {:<16} {}\n  {:<16} {}\n", each.name, each.where, "", each.what);
  }
  text += R"(
In a script:  at 10s clogging line_1 severity 0.8 ramp 20s for 5min
              at 40s dead_sensor tank_1 signal demand variant frozen
              at 50s set valve_2 55
              at 90s clear clogging line_1
              at 2min clean line_1
              at 3min postpone_cleaning 30d
Over MQTT:    riverside/fault {"fault":"clogging","asset":"line_1","severity":0.8,"ramp_s":20}
              riverside/fault {"fault":"clear"}
              riverside/fault {"clean":"line_1"}
              riverside/fault {"postpone_cleaning_days":30}
)";
  return text;
}

struct Everything {
  LiveOptions live;
  RecordOptions record;
  bool recording = false;
  bool has_length = false;  ///< --duration or --until: only a record has them
};

Result<double> parse_with_suffix(std::string_view text, std::string_view suffix, double low,
                                 double high) {
  std::string_view number = text;
  if (number.ends_with(suffix)) number.remove_suffix(suffix.size());
  const auto value = parse_number(number);
  if (value && *value >= low && *value <= high) return *value;
  return Error{fmt::format("'{}' must be {:g}{} to {:g}{}", text, low, suffix, high, suffix)};
}

Result<EpochMs> parse_period(std::string_view text) {
  const auto rate = parse_with_suffix(text, "Hz", 0.01, 10.0);
  if (!rate) return rate.error();
  const double period = 1e3 / *rate;
  const EpochMs scans = std::llround(period / kScanMs);
  if (std::abs(period - static_cast<double>(scans * kScanMs)) < 1e-6) return scans * kScanMs;
  return Error{
      fmt::format("'{}' is no whole number of 100 ms scans: use 10Hz, 5Hz, 2Hz, 1Hz, 0.5Hz", text)};
}

Result<std::uint64_t> parse_seed(std::string_view text) {
  std::uint64_t seed = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (code == std::errc{} && end == text.data() + text.size()) return seed;
  return Error{fmt::format("'{}' is no whole number from 0 on", text)};
}

template <class T, class Into>
Result<void> store(const Result<T>& parsed, Into&& into) {
  if (!parsed) return parsed.error();
  into(*parsed);
  return {};
}

using Taker = std::function<Result<void>(const std::string&, Everything&)>;

Result<void> take_until(const std::string& text, Everything& all) {
  all.has_length = true;
  if (text == "now") return {};
  return store(parse_iso_time(text), [&](EpochMs time) { all.record.until = time; });
}

const std::map<std::string, Taker>& takers() {
  static const std::map<std::string, Taker> all{
      {"--broker", [](auto& v, auto& o) { return o.live.broker = v, Result<void>{}; }},
      {"--client-id", [](auto& v, auto& o) { return o.live.client_id = v, Result<void>{}; }},
      {"--rate",
       [](auto& v, auto& o) {
         return store(parse_period(v),
                      [&](EpochMs p) { o.live.period_ms = o.record.period_ms = p; });
       }},
      {"--seed",
       [](auto& v, auto& o) {
         return store(parse_seed(v), [&](std::uint64_t s) { o.live.seed = o.record.seed = s; });
       }},
      {"--script",
       [](auto& v, auto& o) {
         return o.live.script_file = o.record.script_file = v, Result<void>{};
       }},
      {"--speed",
       [](auto& v, auto& o) {
         return store(parse_with_suffix(v, "x", 0.1, 100.0), [&](double s) { o.live.speed = s; });
       }},
      {"--for",
       [](auto& v, auto& o) {
         return store(parse_duration_ms(v), [&](EpochMs d) { o.live.run_for_ms = d; });
       }},
      {"--mode",
       [](auto& v, auto& o) { return store(parse_mode(v), [&](Mode m) { o.live.mode = m; }); }},
      {"--state",
       [](auto& v, auto& o) {
         return o.live.state_file = o.record.state_file = v, Result<void>{};
       }},
      {"--record",
       [](auto& v, auto& o) { return o.record.file = v, o.recording = true, Result<void>{}; }},
      {"--duration",
       [](auto& v, auto& o) {
         o.has_length = true;
         return store(parse_duration_ms(v), [&](EpochMs d) { o.record.duration_ms = d; });
       }},
      {"--until", take_until},
  };
  return all;
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  Everything all;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string name = arguments[i];
    if (name == "--help" || name == "-h") return Options{ShowText{std::string(kHelp)}};
    if (name == "--list-faults") return Options{ShowText{fault_list()}};
    std::optional<std::string> value;
    if (const auto equals = name.find('='); equals != name.npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    }
    const auto taker = takers().find(name);
    if (taker == takers().end()) {
      return Error{fmt::format("unknown option '{}': --help lists them", name)};
    }
    if (!value && i + 1 < arguments.size()) value = arguments[++i];
    if (!value) return Error{fmt::format("{} needs a value: --help shows it", name)};
    const auto taken = taker->second(*value, all);
    if (!taken) return Error{fmt::format("{}: {}", name, taken.error().message)};
  }
  if (all.recording) return Options{all.record};
  if (all.has_length) return Error{"--duration and --until belong to --record FILE: add it"};
  return Options{all.live};
}

}  // namespace riverside
