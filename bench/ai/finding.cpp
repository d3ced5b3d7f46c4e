#include "finding.hpp"

#include <cmath>
#include <cstdio>
#include <numeric>

#include <unistd.h>

namespace gemel::bench {

void shuffle(std::span<std::size_t> order, Random& random) {
  for (std::size_t i = order.size(); i-- > 1;) std::swap(order[i], order[random.below(i + 1)]);
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double spread_of(const std::vector<double>& values) {
  if (values.size() < 2) return 0.0;
  const auto mean = mean_of(values);
  double squares = 0.0;
  for (const auto value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

void progress(std::string_view study, std::size_t done, std::size_t all) {
  if (isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\r%.*s: %zu of %zu%s", static_cast<int>(study.size()), study.data(), done,
               all, done == all ? "\r\033[K" : "");
}

}  // namespace gemel::bench
