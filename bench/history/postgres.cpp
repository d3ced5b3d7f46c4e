// The history in PostgreSQL beside the history in files, in one process and one run: samples in by
// commits of two sizes, a rewind of all signals, ranges of 1,000. The server is started here, in a
// temporary folder, as Debian configures it but for memory (shared_buffers 256 MB).
//
//   gemel_bench_postgres [SAMPLES]

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "base/random.hpp"
#include "history/file_history.hpp"
#include "history/history_testing.hpp"
#include "postgres/postgres_history.hpp"
#include "tests/history_backends/postgres_server.hpp"

namespace gemel {
namespace {

constexpr std::size_t kSignals = 1'000;
constexpr Timestamp kStart{1'700'000'000'000'000'000};

template <class Work>
double seconds(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

[[noreturn]] void give_up(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  std::exit(1);
}

/// Every signal once a second, a slow wave with a sensor's noise at three decimals.
class Plantful {
 public:
  Frame next(std::size_t samples) {
    Frame frame;
    for (std::size_t i = 0; i < samples; ++i, ++sent_) {
      const SignalId signal{static_cast<std::uint32_t>(sent_ % kSignals)};
      now_ = kStart + Duration::milliseconds(static_cast<std::int64_t>(sent_));
      const double value = std::sin(double(sent_) / 1e6 + signal.index) + 0.01 * random_.normal();
      frame.samples.push_back({signal, {}, now_, std::round(value * 1000) / 1000});
    }
    frame.known_at = now_;
    return frame;
  }
  Timestamp now() const { return now_; }

 private:
  Random random_{1};
  std::size_t sent_ = 0;
  Timestamp now_ = kStart;
};

void measure(const char* name, History& history, std::size_t samples, std::size_t a_commit) {
  Plantful plant;
  double in = 0;
  for (std::size_t sent = 0; sent < samples; sent += a_commit) {
    auto frame = plant.next(a_commit);
    in += seconds([&] {
      if (auto known = history.drop_known(frame.samples); !known) give_up(known.error());
      if (auto done = history.commit(frame); !done) give_up(done.error());
    });
  }
  Random random(2);
  const auto moment = [&] {
    return kStart + Duration{static_cast<std::int64_t>(random.uniform() *
                                                       double((plant.now() - kStart).ns))};
  };
  constexpr int kRewinds = 20, kRanges = 200;
  const double rewind = seconds([&] {
    for (int i = 0; i < kRewinds; ++i) {
      const auto at = moment();
      if (auto beliefs = history.beliefs(at, at); !beliefs) give_up(beliefs.error());
    }
  });
  std::size_t read = 0;
  const double range = seconds([&] {
    for (int i = 0; i < kRanges; ++i) {
      const SignalId signal{static_cast<std::uint32_t>(random.below(kSignals))};
      const auto from = moment();
      const auto records =
          history.read(signal, {from, from + Duration::seconds(1'000)}, Timestamp::max(), SIZE_MAX);
      if (!records) give_up(records.error());
      read += records->size();
    }
  });
  const auto status = history.status();
  std::printf(
      "%-9s commits of %6zu: %9.0f samples/s in, rewind of %zu signals %7.2f ms, range of "
      "%4.0f records %6.3f ms, %5.1f bytes a sample\n",
      name, a_commit, double(samples) / in, kSignals, rewind / kRewinds * 1e3,
      double(read) / kRanges, range / kRanges * 1e3,
      double(status.bytes_on_disk) / double(status.samples));
}

int run(std::size_t samples) {
  if (const auto why = testing::PostgresServer::absent(); !why.empty()) {
    std::fprintf(stderr, "%s\n", why.c_str());
    return 1;
  }
  testing::PostgresServer server;
  if (!server.start()) return 1;
  const auto plant = history::testing::plant_of(kSignals);
  for (const std::size_t a_commit : {1'000, 10'000}) {
    auto opened =
        postgres::open({.url = server.url(), .schema = server.new_schema(), .plant = plant.get()});
    if (!opened) give_up(opened.error());
    measure("postgres", **opened, samples, a_commit);

    std::string folder = std::filesystem::temp_directory_path() / "gemel-bench-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) return 1;
    auto files = history::open({.directory = folder, .plant = plant.get()});
    if (!files) give_up(files.error());
    measure("files", **files, samples, a_commit);
    files->reset();
    std::filesystem::remove_all(folder);
  }
  return 0;
}

}  // namespace
}  // namespace gemel

int main(int argc, char** argv) {
  return gemel::run(argc > 1 ? static_cast<std::size_t>(std::atoll(argv[1])) : 2'000'000);
}
