// UCR (Hexagon) anomaly archive: one guess a series, right when within max(100, length) of the only
// anomaly. Everything is chosen on the training rows.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>

#include <fmt/format.h>

#include "base/parallel.hpp"
#include "data_file.hpp"
#include "finding.hpp"
#include "inference/series_panel.hpp"
#include "vus.hpp"

namespace gemel::bench {
namespace {

struct Archive {
  std::string name;
  std::vector<double> values;
  std::size_t train = 0;           // rows that are clean
  std::size_t begin = 0, end = 0;  // of the anomaly, from 0, end included
};

/// "004_UCR_Anomaly_NAME_2500_5400_5600.txt.zst"
Result<Archive> read_archive(const std::filesystem::path& path) {
  Archive archive;
  auto stem = path.filename().string();
  stem = stem.substr(0, stem.find(".txt"));
  std::size_t numbers[3];
  for (int i = 2; i >= 0; --i) {
    const auto at = stem.rfind('_');
    numbers[i] = std::stoul(stem.substr(at + 1));
    stem.resize(at);
  }
  archive.name = stem;
  archive.train = numbers[0];
  archive.begin = numbers[1] - 1;
  archive.end = numbers[2] - 1;
  GEMEL_ASSIGN(auto table, read_table(path));
  archive.values = std::move(table.values);  // some files are one row of all values
  return archive;
}

bool is_hit(const Archive& archive, std::size_t row) {
  const auto length = archive.end - archive.begin + 1;
  const auto slack = std::max<std::size_t>(100, length);
  const auto at = row + archive.train;
  return at + slack >= archive.begin && at <= archive.end + slack;
}

struct Guess {
  bool right = false;
  double vus_pr = 0.0;
};

/// VUS-PR is over all rows, those of the training stretch included, as in TSB-AD.
Guess guess(const Archive& archive, std::uint64_t seed) {
  const std::span<const double> all(archive.values);
  const auto train = all.first(archive.train), test = all.subspan(archive.train);
  const inference::SeriesPanel panel(train, {.seed = seed});
  const auto beyond = panel.beyond_with_hindsight(train, test);
  std::vector<float> scores(archive.train, 0.0F);
  const auto found = panel.with_hindsight(beyond);
  scores.insert(scores.end(), found.begin(), found.end());
  std::vector<std::uint8_t> labels(all.size(), 0);
  std::fill(labels.begin() + static_cast<std::ptrdiff_t>(archive.begin),
            labels.begin() + static_cast<std::ptrdiff_t>(archive.end) + 1, std::uint8_t{1});
  return {is_hit(archive, panel.strangest(beyond)),
          vus_pr(scores, labels, {.buffer_max = vus_buffer(all)})};
}

Result<std::vector<Guess>> guess_all(const std::vector<std::filesystem::path>& paths,
                                     std::uint64_t seed) {
  std::vector<Guess> guesses(paths.size());
  std::atomic<std::size_t> done = 0;
  GEMEL_TRY(share_out(paths.size(), 1, [&](std::size_t first, std::size_t last) -> Result<void> {
    for (auto i = first; i < last; ++i) {
      GEMEL_ASSIGN(const auto archive, read_archive(paths[i]));
      guesses[i] = guess(archive, seed);
      progress("ucr", ++done, paths.size());
    }
    return {};
  }));
  return guesses;
}

}  // namespace

Result<std::vector<Finding>> study_ucr(const StudyOptions& options) {
  std::vector<std::filesystem::path> paths;
  std::error_code failed;
  for (const auto& entry :
       std::filesystem::directory_iterator(options.data + "/ucr_anomaly", failed)) {
    const auto name = entry.path().filename().string();
    if (name.find("_UCR_") != std::string::npos &&
        name.find(options.only_series) != std::string::npos)
      paths.push_back(entry.path());
  }
  if (failed || paths.empty())
    return Error{ErrorCode::NotFound, options.data + "/ucr_anomaly is not there; set GEMEL_DATA"};
  std::sort(paths.begin(), paths.end());
  if (options.quick) {
    for (std::size_t i = 0; i * 6 < paths.size(); ++i) paths[i] = paths[i * 6];
    paths.resize((paths.size() + 5) / 6);
  }
  Finding accuracy{.data = fmt::format("UCR archive, {} series", paths.size()),
                   .metric = "accuracy",
                   .aim = 0.75};
  Finding vus{.data = accuracy.data,
              .metric = "VUS-PR, mean",
              .published = 0.381,
              .published_by = "KMeansAD on the 70 UCR series of TSB-AD"};
  for (std::size_t seed = 1; seed <= options.seeds; ++seed) {
    const auto started = std::chrono::steady_clock::now();
    GEMEL_ASSIGN(const auto guesses, guess_all(paths, seed));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    const auto count = static_cast<double>(guesses.size());
    const auto right = std::ranges::count_if(guesses, &Guess::right);
    accuracy.values.push_back(static_cast<double>(right) / count);
    accuracy.training_s = took.count();
    double sum = 0.0;
    for (const auto& guess : guesses) sum += guess.vus_pr;
    vus.values.push_back(sum / count);
  }
  accuracy.note = "time: of all series, judging included";
  return std::vector<Finding>{accuracy, vus};
}

}  // namespace gemel::bench
