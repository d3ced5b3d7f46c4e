// UCR (Hexagon) anomaly archive: one guess a series, right when within max(100, length) of the only
// anomaly. Everything is chosen on the training rows.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <numeric>

#include <fmt/format.h>

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

/// How strange each row is, by one kind of comparison; 1 is what 1 % of the training windows
/// exceed.
struct Opinion {
  std::string name;
  std::vector<float> scores;  // of the test rows
};

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

std::vector<Opinion> opinions_of(const Archive& archive) {
  const std::span<const double> all(archive.values);
  const auto train = all.first(archive.train);
  auto period = inference::dominant_period(train, 10, 800);
  if (period == 0) period = 100;
  std::vector<Opinion> opinions;
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
      opinions.push_back(
          {fmt::format("{} {}", length, shapes ? "shape" : "amplitude"), std::move(scores)});
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
  double sum_hits = 0, best_hits = 0;
  std::vector<double> single(8, 0.0);
  for (std::size_t n = 0; n < paths.size(); ++n) {
    GEMEL_ASSIGN(const auto archive, read_archive(paths[n]));
    const auto opinions = opinions_of(archive);
    std::vector<float> sum(archive.values.size() - archive.train, 0.0F);
    std::string line;
    bool any = false;
    for (std::size_t k = 0; k < opinions.size(); ++k) {
      const auto& opinion = opinions[k];
      const auto at = argmax(opinion.scores);
      const bool hit = is_hit(archive, at);
      any |= hit;
      single[k] += hit;
      line += fmt::format(" {}:{:.1f}{}", opinion.name, opinion.scores[at], hit ? "+" : "-");
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += std::max(0.0F, opinion.scores[i]);
    }
    const bool hit = is_hit(archive, argmax(sum));
    sum_hits += hit;
    best_hits += any;
    if (std::getenv("UCR_LINES"))
      fmt::print("{} {} {}{}\n", archive.name, archive.values.size(), hit ? "HIT" : "miss", line);
    progress("ucr", n + 1, paths.size());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  const auto count = static_cast<double>(paths.size());
  std::string note;
  for (const auto hits : single) note += fmt::format(" {:.2f}", hits / count);
  return std::vector<Finding>{
      {.data = fmt::format("UCR archive, {} series", paths.size()),
       .metric = "accuracy",
       .values = {sum_hits / count},
       .aim = 0.75,
       .training_s = took.count(),
       .note = fmt::format("any {:.2f}; single{}", best_hits / count, note)}};
}

}  // namespace gemel::bench
