// Telemetry of the rover Curiosity: 27 channels, each a value beside the commands that were sent.
// VUS-PR of the test rows, by channel; PCA and k-means on windows of all columns are run beside.

#include <algorithm>
#include <atomic>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/parallel.hpp"
#include "base/text.hpp"
#include "data_file.hpp"
#include "finding.hpp"
#include "inference/point_clusters.hpp"
#include "inference/principal_components.hpp"
#include "inference/series_panel.hpp"
#include "vus.hpp"

namespace gemel::bench {
namespace {

struct Channel {
  std::string name;
  NumberTable train{}, test{};
  std::vector<std::uint8_t> labels{};  // of the test rows
};

/// `name,craft,"[[from, to], …]",…`: rows from 0, both included.
std::vector<std::uint8_t> labels_in(std::string_view line, std::size_t rows) {
  std::vector<std::uint8_t> labels(rows, 0);
  const auto from = line.find('"'), until = line.find("]]\"");
  if (from == std::string_view::npos || until == std::string_view::npos) return labels;
  const auto pairs = nlohmann::json::parse(line.substr(from + 1, until + 1 - from), nullptr, false);
  for (const auto& pair : pairs) {
    for (auto i = pair.at(0).get<std::size_t>(); i <= pair.at(1).get<std::size_t>(); ++i) {
      if (i < rows) labels[i] = 1;
    }
  }
  return labels;
}

Result<std::vector<Channel>> read_channels(const StudyOptions& options) {
  GEMEL_ASSIGN(const auto list, read_bytes(options.data + "/msl/labeled_anomalies.csv"));
  std::vector<Channel> channels;
  for (const auto line : text::split(list, '\n')) {
    const auto name = std::string(line.substr(0, std::min(line.find(','), line.size())));
    if (line.find(",MSL,") == std::string_view::npos ||
        name.find(options.only_series) == std::string::npos)
      continue;
    Channel channel{.name = name};
    GEMEL_ASSIGN(channel.train,
                 read_table(options.data + "/msl/" + name + "_train.csv", {.separators = ","}));
    GEMEL_ASSIGN(channel.test,
                 read_table(options.data + "/msl/" + name + "_test.csv", {.separators = ","}));
    channel.labels = labels_in(line, channel.test.rows());
    channels.push_back(std::move(channel));
  }
  return channels;
}

/// Rows of so many parts that windows of the other columns are laid beside each other in.
constexpr std::size_t kWindow = 10;

/// Windows of all columns, standardised by the training rows; a column that never moves there
/// counts as it is. Shapes: a point for each row from the window's last on.
inference::PointTable windows_of(const NumberTable& table, const NumberTable& train) {
  std::vector<double> mean(train.width), width(train.width);
  for (std::size_t c = 0; c < train.width; ++c) {
    const auto column = train.column(c);
    mean[c] = mean_of(column);
    width[c] = spread_of(column) > 1e-9 ? spread_of(column) : 1.0;
  }
  inference::PointTable points{{}, train.width * kWindow};
  for (std::size_t end = kWindow; end <= table.rows(); ++end) {
    for (std::size_t i = end - kWindow; i < end; ++i) {
      for (std::size_t c = 0; c < train.width; ++c)
        points.values.push_back(static_cast<float>((table.at(i, c) - mean[c]) / width[c]));
    }
  }
  return points;
}

/// From windows to the rows in their middle; the ends have what is next to them.
std::vector<float> centred(const std::vector<double>& windows) {
  std::vector<float> rows(windows.size() + kWindow - 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto from = i - std::min(i, kWindow / 2);
    rows[i] = static_cast<float>(windows[std::min(from, windows.size() - 1)]);
  }
  return rows;
}

std::vector<float> by_components(const Channel& channel) {
  const auto train = windows_of(channel.train, channel.train);
  const inference::PrincipalComponents judge(train, kWindow);
  const auto test = windows_of(channel.test, channel.train);
  std::vector<double> scores;
  for (std::size_t i = 0; i < test.rows(); ++i) scores.push_back(judge.score(test.row(i)));
  return centred(scores);
}

/// k-means (20 centres) on the same windows, by the product's own clusters: a point is a window.
std::vector<float> by_clusters(const Channel& channel, std::uint64_t seed) {
  const auto train = windows_of(channel.train, channel.train);
  const auto test = windows_of(channel.test, channel.train);
  const inference::PointClusters clusters(
      std::vector<double>(train.values.begin(), train.values.end()), train.width,
      {.clusters = 20, .seed = seed});
  std::vector<double> scores, point(test.width);
  for (std::size_t i = 0; i < test.rows(); ++i) {
    const auto row = test.row(i);
    std::copy(row.begin(), row.end(), point.begin());
    scores.push_back(clusters.distance(point));
  }
  return centred(scores);
}

std::vector<float> by_panel(const Channel& channel, std::uint64_t seed) {
  const auto train = channel.train.column(0), test = channel.test.column(0);
  const inference::SeriesPanel panel(train, {.seed = seed});
  return panel.with_hindsight(panel.beyond_with_hindsight(train, test));
}

using Way = std::vector<float> (*)(const Channel&, std::uint64_t);

Result<double> mean_vus(const std::vector<Channel>& channels, Way way, std::uint64_t seed) {
  std::vector<double> vus(channels.size());
  std::atomic<std::size_t> done = 0;
  GEMEL_TRY(share_out(vus.size(), 1, [&](std::size_t first, std::size_t last) -> Result<void> {
    for (auto i = first; i < last; ++i) {
      const auto& channel = channels[i];
      const auto buffer = vus_buffer(channel.test.column(0));
      vus[i] = vus_pr(way(channel, seed), channel.labels, {.buffer_max = buffer});
      progress("msl", ++done, vus.size());
    }
    return {};
  }));
  return mean_of(vus);
}

}  // namespace

Result<std::vector<Finding>> study_msl(const StudyOptions& options) {
  GEMEL_ASSIGN(const auto channels, read_channels(options));
  if (channels.empty()) return Error{ErrorCode::NotFound, options.data + "/msl has no channel"};
  const auto data = fmt::format("MSL, {} channels", channels.size());
  Finding components{.data = data, .metric = "VUS-PR, PCA on windows"};
  Finding clusters{.data = data, .metric = "VUS-PR, k-means on windows"};
  Finding panel{.data = data, .metric = "VUS-PR, panel on the value"};
  const auto run_components = [](const Channel& channel, std::uint64_t) {
    return by_components(channel);
  };
  GEMEL_ASSIGN(const double of_components, mean_vus(channels, run_components, 1));
  components.values = {of_components};
  components.note = "T² and Q of 10 rows of all columns";
  for (std::size_t seed = 1; seed <= options.seeds; ++seed) {
    GEMEL_ASSIGN(const double of_clusters, mean_vus(channels, by_clusters, seed));
    clusters.values.push_back(of_clusters);
    GEMEL_ASSIGN(const double of_panel, mean_vus(channels, by_panel, seed));
    panel.values.push_back(of_panel);
  }
  clusters.note = "20 centres, 10 rows of all columns";
  panel.aim = std::max(of_components, mean_of(clusters.values));
  panel.note = "aim: above both";
  return std::vector<Finding>{panel, components, clusters};
}

}  // namespace gemel::bench
