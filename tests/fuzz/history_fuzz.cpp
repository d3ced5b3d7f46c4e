// A history directory in which one file is hostile. Opening it, reading everything and verifying it
// must neither crash nor hang nor take memory without end; what is damaged has to be called so.
//
// The first byte says which file the rest is: 0 a log, 1 a segment, 2 one
// that was merged, 3 the catalog. In a
// fuzzing build checksums pass, so that what is behind them is reached.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/log.hpp"
#include "history/file_history.hpp"
#include "history/simulated_files.hpp"

namespace {

using namespace gemel;

Plant make_plant() {
  Plant plant;
  for (std::uint32_t i = 0; i < 3; ++i) {
    Signal signal;
    signal.id = {i};
    signal.path = "line.s" + std::to_string(i);
    plant.signals.push_back(signal);
  }
  return plant;
}

const Plant kPlant = make_plant();

history::Options options(history::FileSystem& files, bool read_only) {
  history::Options options;
  options.directory = "/h";
  options.plant = &kPlant;
  options.read_only = read_only;
  options.segment_samples = 20;
  options.files = &files;
  return options;
}

void read_all(const History& history) {
  for (const auto& signal : kPlant.signals) {
    (void)history.read(signal.id, {}, Timestamp::max(), 10'000);
    (void)history.downsample(signal.id, {}, 16, Timestamp::max());
  }
  const auto newest = history.frame_at_or_before(Timestamp::max());
  (void)history.beliefs(Timestamp::max(), Timestamp::max());
  if (newest) (void)history.beliefs(*newest, *newest);
  (void)history.events({}, 1000);
  (void)history.extent();
}

void go_on(History& history) {
  const auto newest = history.status().last_known_at;
  if (newest >= Timestamp::max() - Duration::days(1)) return;
  const auto start = std::max(newest, Timestamp{0});
  for (int i = 1; i <= 30; ++i) {
    const auto known = start + Duration::seconds(i);
    std::vector<Sample> samples{{{static_cast<std::uint32_t>(i % 3)}, {}, known, 1.0 * i}};
    (void)history.drop_known(samples);
    (void)history.commit({known, samples, {{known, Notice{"fuzz", "x"}}}});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool quiet = [] {
    log::configure(log::Level::Error, log::Format::Text);
    return true;
  }();
  (void)quiet;
  if (size == 0) return 0;
  static constexpr std::array<std::string_view, 4> kNames{"wal-000001", "seg-000001",
                                                          "seg-000001-000008", "catalog"};
  history::SimulatedFiles files;
  // Something sound around it.
  if (auto history = history::open(options(files, false))) go_on(**history);
  const std::string path = "/h/" + std::string(kNames[data[0] % kNames.size()]);
  files.place(path, std::string(reinterpret_cast<const char*>(data + 1), size - 1));
  (void)history::verify("/h", &files);
  if (auto history = history::open(options(files, true))) read_all(**history);
  if (auto history = history::open(options(files, false))) {
    go_on(**history);
    read_all(**history);
  }
  return 0;
}
