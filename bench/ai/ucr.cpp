// UCR (Hexagon) anomaly archive: one guess a series, right when within max(100, length) of the only
// anomaly. Everything is chosen on the training rows.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "base/parallel.hpp"
#include "data_file.hpp"
#include "finding.hpp"
#include "inference/matrix_profile.hpp"
#include "inference/robust.hpp"

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

std::vector<float> dissimilarity(const inference::WindowNeighbours& found, bool shapes) {
  if (!shapes) return found.distance;
  std::vector<float> d;
  for (const auto r : found.correlation) d.push_back(std::sqrt(2.0F * std::max(0.0F, 1.0F - r)));
  return d;
}

/// From windows to the rows in their middle, as excess over what is usual in training.
std::vector<float> opinion_of(const std::vector<float>& test, const std::vector<float>& train,
                              std::size_t length, std::size_t rows) {
  std::vector<double> sorted(train.begin(), train.end());
  const double usual = inference::quantile(sorted, 0.5);
  const double high = std::max(inference::quantile(sorted, 0.99) - usual, 1e-9 + 0.05 * usual);
  std::vector<float> scores(rows, 0.0F);
  for (std::size_t j = 0; j < test.size(); ++j)
    scores[j + length / 2] = static_cast<float>((test[j] - usual) / high);
  return scores;
}

/// How strange each test row is, by each kind of comparison: 1 is what 1 % of the training windows
/// exceed.
std::vector<std::vector<float>> opinions_of(const Archive& archive) {
  const std::span<const double> all(archive.values);
  const auto train = all.first(archive.train);
  auto period = inference::dominant_period(train, 10, 800);
  if (period == 0) period = 100;
  std::vector<std::vector<float>> opinions;
  const auto rows = all.size() - archive.train;
  std::vector<std::size_t> lengths;
  for (const double share : {0.5, 1.0, 2.0}) {
    const auto length = static_cast<std::size_t>(share * static_cast<double>(period));
    if (length >= 8 && length * 3 < archive.train) lengths.push_back(length);
  }
  for (const auto length : lengths) {
    // The first test windows begin in the training rows, so that no row is left out.
    const auto test = all.subspan(archive.train - length / 2);
    const auto ahead = inference::nearest_windows(train, test, length);
    const auto own =
        inference::nearest_windows(train, train, length, std::max<std::size_t>(length / 2, 1));
    for (const bool shapes : {true, false}) {
      auto scores = opinion_of(dissimilarity(ahead, shapes), dissimilarity(own, shapes), length,
                               rows + length);
      scores.erase(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(length / 2));
      scores.resize(rows);
      opinions.push_back(std::move(scores));
    }
  }
  return opinions;
}

bool is_hit(const Archive& archive, std::size_t row) {
  const auto length = archive.end - archive.begin + 1;
  const auto slack = std::max<std::size_t>(100, length);
  const auto at = row + archive.train;
  return at + slack >= archive.begin && at <= archive.end + slack;
}

std::size_t argmax(const std::vector<float>& scores) {
  return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

struct Guess {
  bool right = false;
  bool any_right = false;  // one opinion alone would have been
};

/// Where the opinions that find something above the usual have the largest sum.
Guess guess(const Archive& archive) {
  std::vector<float> sum(archive.values.size() - archive.train, 0.0F);
  Guess guess;
  for (const auto& scores : opinions_of(archive)) {
    guess.any_right |= is_hit(archive, argmax(scores));
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += std::max(0.0F, scores[i]);
  }
  guess.right = is_hit(archive, argmax(sum));
  return guess;
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
  const auto started = std::chrono::steady_clock::now();
  std::vector<Guess> guesses(paths.size());
  std::atomic<std::size_t> done = 0;
  GEMEL_TRY(share_out(paths.size(), 1, [&](std::size_t first, std::size_t last) -> Result<void> {
    for (auto i = first; i < last; ++i) {
      GEMEL_ASSIGN(const auto archive, read_archive(paths[i]));
      guesses[i] = guess(archive);
      progress("ucr", ++done, paths.size());
    }
    return {};
  }));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  const auto share = [&](auto which) {
    return static_cast<double>(std::ranges::count_if(guesses, which)) /
           static_cast<double>(guesses.size());
  };
  return std::vector<Finding>{
      {.data = fmt::format("UCR archive, {} series", paths.size()),
       .metric = "accuracy",
       .values = {share([](const Guess& g) { return g.right; })},
       .aim = 0.75,
       .training_s = took.count(),
       .note = fmt::format("one of its opinions was right in {:.2f}",
                           share([](const Guess& g) { return g.any_right; }))}};
}

}  // namespace gemel::bench
