// Telemetry of the rover Curiosity: 27 channels, each a value beside the commands that were sent.
// VUS-PR of the test rows, by channel; PCA and k-means on windows are run beside.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <iterator>

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

/// What PCA and k-means look at: the first `columns` of so many rows beside each other.
struct View {
  std::size_t columns;
  std::size_t window;
};

/// Windows, standardised by the training rows; a column that never moves there counts as it is.
/// Shapes: a point for each row from the window's last on.
inference::PointTable windows_of(const NumberTable& table, const NumberTable& train, View view) {
  std::vector<double> mean(view.columns), width(view.columns);
  for (std::size_t c = 0; c < view.columns; ++c) {
    const auto column = train.column(c);
    mean[c] = mean_of(column);
    width[c] = spread_of(column) > 1e-9 ? spread_of(column) : 1.0;
  }
  inference::PointTable points{{}, view.columns * view.window};
  for (std::size_t end = view.window; end <= table.rows(); ++end) {
    for (std::size_t i = end - view.window; i < end; ++i) {
      for (std::size_t c = 0; c < view.columns; ++c)
        points.values.push_back(static_cast<float>((table.at(i, c) - mean[c]) / width[c]));
    }
  }
  return points;
}

/// From windows to the rows in their middle; the ends have what is next to them.
std::vector<float> centred(const std::vector<double>& scores, std::size_t window) {
  std::vector<float> rows(scores.size() + window - 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto from = i - std::min(i, window / 2);
    rows[i] = static_cast<float>(scores[std::min(from, scores.size() - 1)]);
  }
  return rows;
}

std::vector<float> by_components(const Channel& channel, View view) {
  const auto train = windows_of(channel.train, channel.train, view);
  const inference::PrincipalComponents judge(train, view.window);
  const auto test = windows_of(channel.test, channel.train, view);
  std::vector<double> scores;
  for (std::size_t i = 0; i < test.rows(); ++i) scores.push_back(judge.score(test.row(i)));
  return centred(scores, view.window);
}

/// k-means (20 centres) on the same windows, by the product's own clusters: a point is a window.
std::vector<float> by_clusters(const Channel& channel, View view, std::uint64_t seed) {
  const auto train = windows_of(channel.train, channel.train, view);
  const auto test = windows_of(channel.test, channel.train, view);
  const inference::PointClusters clusters(
      std::vector<double>(train.values.begin(), train.values.end()), train.width,
      {.clusters = 20, .seed = seed});
  std::vector<double> scores, point(test.width);
  for (std::size_t i = 0; i < test.rows(); ++i) {
    const auto row = test.row(i);
    std::copy(row.begin(), row.end(), point.begin());
    scores.push_back(clusters.distance(point));
  }
  return centred(scores, view.window);
}

std::vector<float> by_panel(const Channel& channel, std::uint64_t seed) {
  const auto train = channel.train.column(0), test = channel.test.column(0);
  const inference::SeriesPanel panel(train, {.seed = seed});
  return panel.with_hindsight(panel.beyond_with_hindsight(train, test));
}

using Way = std::function<std::vector<float>(const Channel&, std::uint64_t)>;

Result<double> mean_vus(const std::vector<Channel>& channels, const Way& way, std::uint64_t seed) {
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

/// One way over all seeds; one that draws nothing is asked once.
Result<Finding> finding_of(const std::vector<Channel>& channels, std::string metric,
                           std::size_t seeds, const Way& way) {
  Finding finding{.data = fmt::format("MSL, {} channels", channels.size()),
                  .metric = "VUS-PR, " + std::move(metric)};
  for (std::size_t seed = 1; seed <= seeds; ++seed) {
    GEMEL_ASSIGN(const double vus, mean_vus(channels, way, seed));
    finding.values.push_back(vus);
  }
  return finding;
}

}  // namespace

Result<std::vector<Finding>> study_msl(const StudyOptions& options) {
  GEMEL_ASSIGN(const auto channels, read_channels(options));
  if (channels.empty()) return Error{ErrorCode::NotFound, options.data + "/msl has no channel"};
  std::vector<Finding> peers;
  // All columns over ten rows, and the value alone over a hundred: the usual length of
  // subsequences.
  for (const View view : {View{channels[0].train.width, 10}, View{1, 100}}) {
    const auto on = view.columns == 1 ? "the value's windows" : "windows";
    const auto components = [view](const Channel& channel, std::uint64_t) {
      return by_components(channel, view);
    };
    const auto clusters = [view](const Channel& channel, std::uint64_t seed) {
      return by_clusters(channel, view, seed);
    };
    GEMEL_ASSIGN(auto by_pca, finding_of(channels, fmt::format("PCA on {}", on), 1, components));
    GEMEL_ASSIGN(auto by_means,
                 finding_of(channels, fmt::format("k-means on {}", on), options.seeds, clusters));
    const auto looked_at =
        fmt::format("{} rows of {}", view.window, view.columns == 1 ? "it" : "all columns");
    by_pca.note = "T² and Q, " + looked_at;
    by_means.note = "20 centres, " + looked_at;
    peers.push_back(std::move(by_pca));
    peers.push_back(std::move(by_means));
  }
  GEMEL_ASSIGN(auto panel, finding_of(channels, "panel on the value", options.seeds, by_panel));
  double best = 0;
  for (const auto& peer : peers) best = std::max(best, mean_of(peer.values));
  panel.aim = best;
  panel.note = "aim: above all four";
  std::vector<Finding> findings{std::move(panel)};
  findings.insert(findings.end(), std::make_move_iterator(peers.begin()),
                  std::make_move_iterator(peers.end()));
  return findings;
}

}  // namespace gemel::bench
