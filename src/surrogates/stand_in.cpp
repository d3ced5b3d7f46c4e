#include "surrogates/stand_in.hpp"

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"

namespace gemel::surrogates {
namespace {

constexpr std::size_t kAtLeast = 256;  // points that a processor takes

}  // namespace

std::string_view to_string(Source source) {
  switch (source) {
    case Source::Surrogate:
      return "surrogate";
    case Source::Simulator:
      return "simulator";
    case Source::Untrusted:
      return "untrusted";
  }
  return "";
}

StandIn::StandIn(TrainedSurrogate surrogate, Experiment simulator, std::size_t questions)
    : surrogate_(std::move(surrogate)), simulator_(std::move(simulator)), questions_(questions) {}

Answered StandIn::ask(std::span<const double> points, const std::function<bool()>& go_on) {
  const std::size_t d = surrogate_.factors().size(), answers = surrogate_.trust().size();
  const std::size_t count = points.size() / d;
  Answered out{std::vector<std::vector<Prediction>>(answers, std::vector<Prediction>(count)),
               std::vector<std::vector<Source>>(answers, std::vector<Source>(count))};
  std::vector<char> doubtful(count, 0);
  (void)share_out(count, kAtLeast, [&](std::size_t first, std::size_t last) -> Result<void> {
    std::vector<std::span<Prediction>> places;
    for (auto& one : out.said) places.push_back(std::span(one).subspan(first, last - first));
    surrogate_.predict(points.subspan(first * d, (last - first) * d), places);
    for (std::size_t i = first; i < last; ++i) {
      const bool within = surrogate_.within(points.subspan(i * d, d));
      for (std::size_t k = 0; k < answers; ++k) {
        const bool trusted = within && surrogate_.trusts(k, out.said[k][i]);
        out.source[k][i] = trusted ? Source::Surrogate : Source::Untrusted;
        if (!trusted) doubtful[i] = 1;
      }
    }
    return {};
  });

  bool asking = true;
  for (std::size_t i = 0; i < count && asking; ++i) {
    if (!doubtful[i]) continue;
    asking = questions_ > 0 && (!go_on || go_on());
    if (asking) simulate(i, points.subspan(i * d, d), out);
  }
  for (const auto& one : out.source) {
    for (const auto source : one) {
      tally_.surrogate += source == Source::Surrogate;
      tally_.simulator += source == Source::Simulator;
      tally_.untrusted += source == Source::Untrusted;
    }
  }
  return out;
}

void StandIn::simulate(std::size_t point, std::span<const double> factors, Answered& answered) {
  --questions_;
  ++tally_.asked;
  const auto answer = simulator_(factors);
  if (!answer || answer->size() != answered.said.size() ||
      !std::ranges::all_of(*answer, [](double x) { return std::isfinite(x); })) {
    ++refused_;
    return;
  }
  for (std::size_t k = 0; k < answer->size(); ++k) {
    answered.said[k][point] = {(*answer)[k], 0.0};
    answered.source[k][point] = Source::Simulator;
  }
}

}  // namespace gemel::surrogates
