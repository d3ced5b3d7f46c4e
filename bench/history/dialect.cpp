#include "dialect.hpp"

#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "plant_layout.hpp"

namespace gemel::bench {
namespace {

using nlohmann::json;

Result<HttpAnswer> get(HttpConnection& connection, const std::string& target) {
  GEMEL_ASSIGN(auto answer, connection.exchange(get_request(target)));
  if (answer.status >= 300)
    return Error{ErrorCode::Unavailable,
                 fmt::format("GET {}: {} {}", target, answer.status, answer.body)};
  return answer;
}

/// Parses, and hands to `count`; whatever is not as it should be is an error.
template <class Count>
Result<std::uint64_t> count_in(std::string_view body, Count count) {
  try {
    return static_cast<std::uint64_t>(count(json::parse(body)));
  } catch (const json::exception& error) {
    return Error{ErrorCode::Unavailable,
                 fmt::format("unexpected answer ({}): {}", error.what(), body.substr(0, 200))};
  }
}

class Base : public Dialect {
 public:
  explicit Base(const WorkloadOptions& options) : options_(options) {}

 protected:
  /// The asset of the signal and the next one.
  std::pair<std::string, std::string> two_assets(std::uint32_t signal) const {
    const auto asset = signal / kSignalsPerAsset * kSignalsPerAsset;
    const auto next = (asset + kSignalsPerAsset) % options_.signals;
    return {place_of(asset).asset, place_of(next).asset};
  }
  const WorkloadOptions& options_;
};

class Gemel final : public Base {
 public:
  using Base::Base;
  std::string write_target() const override { return "/write?db=bench&precision=ms"; }

  Result<void> make_visible(HttpConnection& connection, std::uint64_t lines) const override {
    for (int i = 0; i < 10'000; ++i) {
      GEMEL_ASSIGN(const auto answer, get(connection, "/api/v1/status"));
      GEMEL_ASSIGN(const auto held, count_in(answer.body, [](const json& status) {
                     return status.at("samples").get<std::uint64_t>();
                   }));
      if (held >= lines) return {};
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return Error{ErrorCode::Timeout, "not all acknowledged samples can be seen"};
  }
  Result<void> flush(HttpConnection&) const override { return {}; }  // it seals when it stops

  Question latest(std::uint32_t signal) const override {
    return {get_request(fmt::format("/api/v1/signals/{}/latest", place_of(signal).path()))};
  }
  Question range(std::uint32_t signal, TimeRange range) const override {
    return {get_request(fmt::format("/api/v1/signals/{}/samples?from={}&until={}&limit=2000",
                                    place_of(signal).path(), to_string(range.from),
                                    to_string(range.until)))};
  }
  Question averages(std::uint32_t signal, TimeRange range) const override {
    const auto minutes = (range.until - range.from).ns / Duration::minutes(1).ns;
    const auto first = signal / kSignalsPerAsset * kSignalsPerAsset;
    std::string paths;
    for (std::uint32_t i = 0; i < 2 * kSignalsPerAsset; ++i)
      paths += (i > 0 ? "," : "") + place_of((first + i) % options_.signals).path();
    return {get_request(fmt::format("/api/v1/trends?signals={}&from={}&until={}&points={}", paths,
                                    to_string(range.from), to_string(range.until), minutes))};
  }
  Question rewind(Timestamp at) const override {
    return {get_request("/api/v1/snapshot?at=" + to_string(at))};
  }

  Result<std::uint64_t> values_in(std::string_view body) const override {
    return count_in(body, [](const json& answer) {
      if (answer.contains("signals")) return answer["signals"].size();
      if (answer.contains("t")) return answer["t"].size();
      std::size_t values = 0;
      for (const auto& trend : answer.at("trends")) values += trend.at("t").size();
      return values;
    });
  }
};

class VictoriaMetrics final : public Base {
 public:
  using Base::Base;
  std::string write_target() const override { return "/write?precision=ms"; }
  Result<void> make_visible(HttpConnection& connection, std::uint64_t) const override {
    GEMEL_TRY(get(connection, "/internal/force_flush"));
    return {};
  }
  Result<void> flush(HttpConnection& connection) const override {
    GEMEL_TRY(get(connection, "/internal/force_flush"));
    GEMEL_TRY(get(connection, "/internal/force_merge"));
    return {};
  }

  Question latest(std::uint32_t signal) const override {
    return instant(fmt::format("last_over_time({}[30s])", selector(signal)),
                   options_.start + options_.period * (options_.ticks + 1));
  }
  Question range(std::uint32_t signal, TimeRange range) const override {
    return instant(fmt::format("{}[{}s]", selector(signal),
                               (range.until - range.from).ns / Duration::seconds(1).ns),
                   range.until);
  }
  Question averages(std::uint32_t signal, TimeRange range) const override {
    const auto [one, other] = two_assets(signal);
    const auto query =
        fmt::format("avg_over_time(telemetry_v{{asset=~\"{}|{}\"}}[1m])", one, other);
    return {get_request(fmt::format(
        "/api/v1/query_range?nocache=1&start={}&end={}&step=60s&query={}",
        seconds(range.from + Duration::minutes(1)), seconds(range.until), url_encoded(query)))};
  }
  /// Without last_over_time it leaves out signals whose newest sample is lost or late.
  Question rewind(Timestamp at) const override {
    return instant("last_over_time(telemetry_v[30s])", at);
  }

  Result<std::uint64_t> values_in(std::string_view body) const override {
    return count_in(body, [](const json& answer) {
      std::size_t values = 0;
      for (const auto& series : answer.at("data").at("result"))
        values += series.contains("values") ? series["values"].size() : 1;
      return values;
    });
  }

 private:
  static std::string seconds(Timestamp t) {
    return fmt::format("{}.{:03}", t.ns / 1'000'000'000, t.ns / 1'000'000 % 1000);
  }
  static std::string selector(std::uint32_t signal) {
    const auto place = place_of(signal);
    return fmt::format("telemetry_v{{asset=\"{}\",sensor=\"{}\"}}", place.asset, place.sensor);
  }
  static Question instant(const std::string& query, Timestamp at) {
    return {get_request(
        fmt::format("/api/v1/query?nocache=1&time={}&query={}", seconds(at), url_encoded(query)))};
  }
};

class Influx final : public Base {
 public:
  using Base::Base;
  std::string write_target() const override { return "/write?db=bench&precision=ms"; }
  // What it has acknowledged is in its log and in its cache.
  Result<void> make_visible(HttpConnection&, std::uint64_t) const override { return {}; }
  // Its caches and compactions are set to ten idle seconds; it can't be asked.
  Result<void> flush(HttpConnection&) const override { return {}; }
  double idle_before_flush_s() const override { return 15.0; }

  Question latest(std::uint32_t signal) const override {
    return ask(fmt::format("SELECT last(v) FROM telemetry WHERE {}", where(signal)));
  }
  Question range(std::uint32_t signal, TimeRange range) const override {
    return ask(fmt::format("SELECT v FROM telemetry WHERE {} AND time >= {} AND time < {}",
                           where(signal), range.from.ns, range.until.ns));
  }
  Question averages(std::uint32_t signal, TimeRange range) const override {
    const auto [one, other] = two_assets(signal);
    return ask(fmt::format(
        "SELECT mean(v) FROM telemetry WHERE (asset='{}' OR asset='{}') AND time >= {} AND time < "
        "{} GROUP BY time(1m), asset, sensor",
        one, other, range.from.ns, range.until.ns));
  }
  Question rewind(Timestamp at) const override {
    return ask(fmt::format("SELECT last(v) FROM telemetry WHERE time <= {} GROUP BY *", at.ns));
  }

  Result<std::uint64_t> values_in(std::string_view body) const override {
    return count_in(body, [](const json& answer) {
      std::size_t values = 0;
      for (const auto& series : answer.at("results").at(0).at("series"))
        values += series.at("values").size();
      return values;
    });
  }

 private:
  static std::string where(std::uint32_t signal) {
    const auto place = place_of(signal);
    return fmt::format("asset='{}' AND sensor='{}'", place.asset, place.sensor);
  }
  static Question ask(const std::string& query) {
    return {get_request("/query?db=bench&epoch=ms&q=" + url_encoded(query))};
  }
};

}  // namespace

Result<std::unique_ptr<Dialect>> dialect_of(std::string_view server,
                                            const WorkloadOptions& options) {
  if (server == "gemel") return std::unique_ptr<Dialect>(std::make_unique<Gemel>(options));
  if (server == "victoria-metrics")
    return std::unique_ptr<Dialect>(std::make_unique<VictoriaMetrics>(options));
  if (server == "influxdb") return std::unique_ptr<Dialect>(std::make_unique<Influx>(options));
  return Error{ErrorCode::InvalidInput,
               fmt::format("no server '{}': gemel, victoria-metrics or influxdb", server)};
}

}  // namespace gemel::bench
