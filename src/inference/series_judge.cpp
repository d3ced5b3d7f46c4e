#include "inference/series_judge.hpp"

#include <algorithm>

namespace gemel::inference {

std::vector<std::vector<float>> scores_along(const SeriesJudge& judge,
                                             std::span<const double> before,
                                             std::span<const double> series) {
  const auto run = judge.start();
  std::vector<double> scores(judge.opinions().size());
  std::vector<std::vector<float>> along(scores.size());
  for (const double value : before.last(std::min(before.size(), judge.length() - 1)))
    run->take(value, scores);
  for (auto& opinion : along) opinion.reserve(series.size());
  for (const double value : series) {
    run->take(value, scores);
    for (std::size_t k = 0; k < scores.size(); ++k)
      along[k].push_back(static_cast<float>(scores[k]));
  }
  return along;
}

}  // namespace gemel::inference
