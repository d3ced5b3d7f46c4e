#include "telemetry.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "commands.hpp"
#include "text.hpp"

namespace riverside {
namespace {

void append_value(std::string& out, std::size_t signal, double value) {
  fmt::format_to(std::back_inserter(out), "{:.{}f}", value, signals()[signal].decimals);
}

std::string topic_of(std::string_view asset) {
  std::string topic = fmt::format("{}/{}", kTopicRoot, asset);
  std::replace(topic.begin(), topic.end(), '.', '/');
  return topic;
}

Message asset_message(const AssetSignals& asset, EpochMs time, const Readings& readings) {
  std::string payload = fmt::format("{{\"ts\":{}", time);
  for (std::size_t i = asset.first; i < asset.first + asset.count; ++i) {
    if (readings[i].omitted) continue;
    fmt::format_to(std::back_inserter(payload), ",\"{}\":", signals()[i].name);
    if (readings[i].value) {
      append_value(payload, i, *readings[i].value);
    } else {
      payload += "null";
    }
  }
  payload += '}';
  return {topic_of(asset.asset), std::move(payload)};
}

void append_plain(std::vector<Message>& out, const AssetSignals& station,
                  const Readings& readings) {
  for (std::size_t i = station.first; i < station.first + station.count; ++i) {
    if (!readings[i].value) continue;  // a plain number has no way to say null
    std::string payload;
    append_value(payload, i, *readings[i].value);
    out.push_back({topic_of(signals()[i].name), std::move(payload)});
  }
}

}  // namespace

std::vector<Message> telemetry(EpochMs time, const Readings& readings) {
  std::vector<Message> out;
  for (const AssetSignals& asset : assets()) {
    if (asset.asset.empty()) {
      append_plain(out, asset, readings);
    } else {
      out.push_back(asset_message(asset, time, readings));
    }
  }
  return out;
}

std::string csv_header() {
  std::string header = "time";
  for (const SignalInfo& each : signals()) header += "," + each.path();
  return header;
}

std::string csv_row(EpochMs time, const Readings& readings) {
  std::string row = format_iso_time(time);
  for (std::size_t i = 0; i < kSignalCount; ++i) {
    row += ',';
    if (readings[i].value) append_value(row, i, *readings[i].value);
  }
  return row;
}

}  // namespace riverside
