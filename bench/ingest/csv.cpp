// A CSV file of eight signals with ISO times; beside Python's csv module.

#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "connectors/files/csv_source.hpp"
#include "null_inbox.hpp"
#include "parts.hpp"

namespace gemel::bench {
namespace {

constexpr int kSignals = 8;
constexpr const char* kPeerScript =
    "import csv,sys,time\n"
    "from datetime import datetime\n"
    "s=time.perf_counter();k=0\n"
    "with open(sys.argv[1],newline=\"\") as f:\n"
    "  r=csv.reader(f);next(r)\n"
    "  for row in r:\n"
    "    t=datetime.fromisoformat(row[0]).timestamp();k+=len([float(x) for x in row[1:]])\n"
    "print(k/(time.perf_counter()-s))\n";

void write_file(const std::string& path, int rows) {
  std::ofstream file(path);
  file << "time";
  for (int s = 0; s < kSignals; ++s) file << ",s" << s;
  for (int n = 0; n < rows; ++n) {
    file << '\n' << to_string(Timestamp{(1'583'749'233LL + n) * 1'000'000'000}).substr(0, 19);
    for (int s = 0; s < kSignals; ++s)
      file << ',' << (s * 10 + n % 97) << '.' << (n * 7919 + s) % 1000;
  }
}

Plant plant() {
  Plant made;
  for (std::uint32_t s = 0; s < kSignals; ++s) {
    Signal signal;
    signal.id = {s};
    signal.path = "s" + std::to_string(s);
    made.signals.push_back(signal);
  }
  made.index_paths();
  return made;
}

}  // namespace

std::vector<Measurement> measure_csv(const Options& options) {
  const int rows = options.quick ? 100'000 : 500'000;
  const auto path =
      std::filesystem::temp_directory_path() / ("gemel-bench-" + std::to_string(getpid()) + ".csv");
  write_file(path, rows);
  const auto twin = plant();
  const SystemClock clock;
  const double rate = best_rate(3, static_cast<double>(rows) * kSignals, [&] {
    metrics::Registry metrics;
    NullInbox inbox;
    FileSource files;
    files.paths = {path};
    files.speed = 0;
    (void)connectors::files::make_csv_source(twin, files, clock, metrics).value()->run({}, inbox);
  });
  const auto peer = ask_python(kPeerScript, {path});
  std::filesystem::remove(path);
  return {{.name = "read CSV, ISO times and eight signals a row",
           .value = rate,
           .unit = "samples/s",
           .better = "higher",
           .peer = peer ? "python3 csv + datetime.fromisoformat + float" : "",
           .peer_value = peer,
           .aim = std::nullopt}};
}

}  // namespace gemel::bench
