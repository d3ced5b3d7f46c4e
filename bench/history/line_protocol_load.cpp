// gemel_bench_line_protocol_load: feeds a server that is running with the benchmark's workload over
// HTTP, waits until it has settled, and asks it. The same for Gemel and for its peers.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "line_text.hpp"
#include "load.hpp"
#include "plant_layout.hpp"
#include "server_process.hpp"

namespace gemel::bench {
namespace {

constexpr std::size_t kLinesABody = 10'000;
constexpr std::uint64_t kPicksSeed = 7;

struct Settings {
  WorkloadOptions workload;
  std::string server = "gemel";
  pid_t process = 0;
  Load load;
  std::filesystem::path data;  // the server's folder
  int turns = 60;
  double settle_at_most_s = 120.0;
};

Result<void> feed(const Settings& settings, const Dialect& dialect, Report& report) {
  const auto bodies = bodies_of(settings.workload, kLinesABody);
  std::vector<std::string> requests;
  for (const auto& body : bodies.texts)
    requests.push_back(post_request(dialect.write_target(), body));
  const auto count = static_cast<double>(bodies.lines);
  const auto cpu_before = cpu_s_of(settings.process);

  const Stopwatch stopwatch;
  GEMEL_ASSIGN(const auto acknowledged_s, post_all(settings.load, requests));
  GEMEL_ASSIGN(auto control, HttpConnection::open(settings.load.port));
  GEMEL_TRY(dialect.make_visible(control, bodies.lines));
  const auto visible_s = stopwatch.seconds();
  const auto cpu_loaded = cpu_s_of(settings.process);
  report.add("samples", count, "");
  report.add("in, acknowledged", count / acknowledged_s, "samples/s");
  report.add("in, durable and to be asked for", count / visible_s, "samples/s");
  report.add("processor time until then", (cpu_loaded - cpu_before) / count * 1e6, "s/M");

  const bool settled =
      wait_idle(settings.process, dialect.idle_before_flush_s(), settings.settle_at_most_s);
  report.add("processor time until settled",
             (cpu_s_of(settings.process) - cpu_before) / count * 1e6, "s/M");
  report.add("settled in time", settled ? 1.0 : 0.0, "");
  report.add("memory, settled", static_cast<double>(memory_bytes_of(settings.process)) / 1e6, "MB");
  report.add("memory, most", static_cast<double>(peak_memory_bytes_of(settings.process)) / 1e6,
             "MB");
  return {};
}

/// The same picks for every server.
struct Picks {
  std::vector<Question> latest, range, averages, rewind;
};

Picks picks_of(const Settings& settings, const Dialect& dialect) {
  const auto& workload = settings.workload;
  const auto seconds = static_cast<std::uint64_t>((workload.period * workload.ticks).in_seconds());
  const TimeRange whole{
      workload.start, workload.start + Duration::minutes(static_cast<std::int64_t>(seconds / 60))};
  const TimeRange thousand{workload.start, workload.start + workload.period * 1'000};
  Random random(kPicksSeed);
  Picks picks;
  for (int i = 0; i < settings.turns; ++i) {
    const auto signal = static_cast<std::uint32_t>(random.below(workload.signals));
    // Past the first seconds: before them not every signal has a value.
    const auto second = static_cast<std::int64_t>(10 + random.below(seconds - 10));
    picks.latest.push_back(dialect.latest(signal));
    picks.range.push_back(dialect.range(signal, thousand));
    picks.averages.push_back(dialect.averages(signal, whole));
    picks.rewind.push_back(dialect.rewind(workload.start + Duration::seconds(second)));
  }
  return picks;
}

Result<void> ask(const Settings& settings, const Dialect& dialect, HttpConnection& connection,
                 Report& report) {
  const auto picks = picks_of(settings, dialect);
  for (const auto& [name, questions] :
       {std::pair{"latest of one signal", &picks.latest}, std::pair{"range of 1,000", &picks.range},
        std::pair{"1-min averages of 100", &picks.averages},
        std::pair{"rewind of all", &picks.rewind}}) {
    GEMEL_ASSIGN(const auto asked, ask_all(dialect, connection, *questions));
    report.add(name, asked.latencies);
    report.add(fmt::format("{}, values in an answer", name), asked.values, "");
  }
  return {};
}

Result<void> measure(const Settings& settings, Report& report) {
  GEMEL_ASSIGN(const auto dialect, dialect_of(settings.server, settings.workload));
  GEMEL_TRY(feed(settings, *dialect, report));
  GEMEL_ASSIGN(auto connection, HttpConnection::open(settings.load.port));
  GEMEL_TRY(ask(settings, *dialect, connection, report));
  GEMEL_TRY(dialect->flush(connection));
  wait_idle(settings.process, 3.0, settings.settle_at_most_s);
  report.add("on disk, flushed and merged", static_cast<double>(disk_bytes(settings.data)), "B");
  return {};
}

bool write_text(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file.good()) fmt::print(stderr, "{} can't be written\n", path);
  return file.good();
}

int main_with(int argc, char** argv) {
  CLI::App app{
      "Feeds a running server with line protocol and asks it; ./dev bench history starts the "
      "servers.\nExample: gemel_bench_line_protocol_load --server gemel --port 8080 --pid 4711 "
      "--data DIR"};
  Settings settings;
  std::string json, twin, commit_every;
  app.add_option("--server", settings.server, "gemel, victoria-metrics or influxdb");
  app.add_option("--port", settings.load.port, "of the server on this machine");
  app.add_option("--pid", settings.process, "of the server");
  app.add_option("--data", settings.data, "the server's folder, whose size is told");
  app.add_option("--connections", settings.load.connections)->check(CLI::Range(1, 64));
  app.add_option("--signals", settings.workload.signals)->check(CLI::Range(100, 200'000));
  app.add_option("--ticks", settings.workload.ticks, "samples of each signal, one a second")
      ->check(CLI::Range(60, 200'000));
  app.add_option("--turns", settings.turns, "how often each question is asked");
  app.add_option("--settle-at-most", settings.settle_at_most_s,
                 "seconds to wait until the server is idle after the load");
  app.add_option("--json", json, "write the rows to this file as well");
  app.add_option("--write-twin", twin, "only write the workload's twin file here");
  app.add_option("--commit-every", commit_every, "for the twin file, such as '100 ms'");
  CLI11_PARSE(app, argc, argv);
  if (!twin.empty())
    return write_text(twin, twin_file(settings.workload.signals, commit_every)) ? 0 : 1;

  Report report;
  const auto done = measure(settings, report);
  report.print();
  if (!done) fmt::print(stderr, "{}: {}\n", settings.server, done.error().message);
  return report.write_json(json) && done ? 0 : 1;
}

}  // namespace
}  // namespace gemel::bench

int main(int argc, char** argv) { return gemel::bench::main_with(argc, argv); }
