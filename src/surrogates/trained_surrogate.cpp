#include "surrogates/trained_surrogate.hpp"

#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "base/sobol.hpp"
#include "base/text.hpp"

namespace gemel::surrogates {
namespace {

constexpr double kNinety = 1.6448536269514722;  // spreads to both sides that hold 90 %
constexpr std::size_t kCandidates = 256;

/// What was asked and answered. Shapes: inputs row by row, answers[k] of the k-th answer.
struct Asked {
  std::vector<double> inputs;
  std::vector<std::vector<double>> answers;
  std::size_t count() const { return answers.empty() ? 0 : answers[0].size(); }
};

double spread_of(const std::vector<double>& values) {
  double mean = 0.0, squares = 0.0;
  for (const double each : values) mean += each / static_cast<double>(values.size());
  for (const double each : values) squares += (each - mean) * (each - mean);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

}  // namespace

Result<TrainedSurrogate> TrainedSurrogate::train(std::vector<Factor> factors, std::size_t answers,
                                                 const Experiment& experiment,
                                                 const TrainingSettings& settings) {
  if (factors.empty() || factors.size() > Sobol::kDimensions || answers == 0) {
    return Error{ErrorCode::InvalidInput, "a surrogate of " + std::to_string(factors.size()) +
                                              " factors and " + std::to_string(answers) +
                                              " answers; it has 1 to 32 factors and an answer"};
  }
  for (const auto& factor : factors) {
    if (!(factor.low < factor.high) || !std::isfinite(factor.high - factor.low))
      return Error{ErrorCode::InvalidInput, "the factor '" + factor.name + "' goes from " +
                                                text::number(factor.low) + " to " +
                                                text::number(factor.high)};
  }
  TrainedSurrogate made;
  made.factors_ = std::move(factors);
  const std::size_t d = made.factors_.size();
  Asked learnt{{}, std::vector<std::vector<double>>(answers)}, kept = learnt;
  std::size_t refused = 0;
  const auto ask = [&](const std::vector<double>& unit, Asked& into) -> bool {
    if (settings.go_on && !settings.go_on(made.asked_)) return false;
    ++made.asked_;
    std::vector<double> at(d);
    for (std::size_t k = 0; k < d; ++k)
      at[k] = made.factors_[k].low + unit[k] * (made.factors_[k].high - made.factors_[k].low);
    const auto answer = experiment(at);
    const bool good =
        answer && answer->size() == answers &&
        std::all_of(answer->begin(), answer->end(), [](double x) { return std::isfinite(x); });
    refused += good ? 0 : 1;
    if (!good) return true;
    into.inputs.insert(into.inputs.end(), unit.begin(), unit.end());
    for (std::size_t k = 0; k < answers; ++k) into.answers[k].push_back((*answer)[k]);
    return true;
  };
  const auto cancelled = [&] {
    return Error{ErrorCode::Cancelled,
                 "stopped after " + std::to_string(made.asked_) + " experiments"};
  };

  const std::size_t first = settings.first != 0 ? settings.first : 8 * d;
  const Sobol points(d, settings.seed), apart(d, settings.seed + 0x5bd1e995);
  const auto point = [&](const Sobol& of, std::size_t i) {
    std::vector<double> unit(d);
    for (std::size_t k = 0; k < d; ++k) unit[k] = of.at(i, k);
    return unit;
  };
  for (std::size_t i = 0; i < settings.checks; ++i) {
    if (!ask(point(apart, i), kept)) return cancelled();
  }
  for (std::size_t i = 0; i < first; ++i) {
    if (!ask(point(points, i), learnt)) return cancelled();
  }

  for (std::size_t round = 1;; ++round) {
    if (learnt.count() < d + 2 || kept.count() < 2) {
      return Error{ErrorCode::Unavailable, "of " + std::to_string(made.asked_) + " experiments " +
                                               std::to_string(refused) +
                                               " gave no finite answer; narrow the factors"};
    }
    made.processes_.clear();
    made.trust_.clear();
    bool enough = true;
    for (std::size_t k = 0; k < answers; ++k) {
      GEMEL_ASSIGN(auto process, GaussianProcess::fit(learnt.inputs, d, learnt.answers[k],
                                                      {.seed = settings.seed}));
      Trust trust{.spread = spread_of(kept.answers[k])};
      std::vector<Prediction> said(kept.count());
      process.predict(kept.inputs, said);
      for (std::size_t i = 0; i < said.size(); ++i) {
        const double off = said[i].mean - kept.answers[k][i];
        trust.error += off * off;
        trust.coverage += std::fabs(off) <= kNinety * said[i].spread ? 1.0 : 0.0;
      }
      trust.error = std::sqrt(trust.error / static_cast<double>(said.size()));
      trust.coverage /= static_cast<double>(said.size());
      trust.wished = trust.error <= settings.error_wished * trust.spread && trust.coverage >= 0.75;
      enough = enough && trust.wished;
      made.trust_.push_back(trust);
      made.processes_.push_back(std::move(process));
    }
    if (enough || learnt.count() >= settings.answers_max) return made;

    // Where, relative to what is wished, least is known; a few at a time, not all in one corner.
    const std::size_t more =
        std::min(std::max<std::size_t>(d, 4), settings.answers_max - learnt.count());
    std::vector<double> candidates;
    for (std::size_t i = 0; i < kCandidates; ++i) {
      const auto unit = point(points, first + round * kCandidates + i);
      candidates.insert(candidates.end(), unit.begin(), unit.end());
    }
    std::vector<double> unknown(kCandidates, 0.0);
    std::vector<Prediction> said(kCandidates);
    for (std::size_t k = 0; k < answers; ++k) {
      made.processes_[k].predict(candidates, said);
      for (std::size_t i = 0; i < kCandidates; ++i)
        unknown[i] = std::max(unknown[i], said[i].spread / std::max(made.trust_[k].spread, 1e-300));
    }
    const auto lengths = made.processes_[0].lengths();
    std::vector<std::size_t> chosen;
    while (chosen.size() < more) {
      const auto best = static_cast<std::size_t>(std::max_element(unknown.begin(), unknown.end()) -
                                                 unknown.begin());
      chosen.push_back(best);
      for (std::size_t i = 0; i < kCandidates; ++i) {
        double distance = 0.0;
        for (std::size_t k = 0; k < d; ++k) {
          const double by = (candidates[i * d + k] - candidates[best * d + k]) / lengths[k];
          distance += by * by;
        }
        unknown[i] *= i == best ? 0.0 : 1.0 - std::exp(-2.0 * distance);
      }
    }
    for (const auto i : chosen) {
      if (!ask({candidates.begin() + static_cast<std::ptrdiff_t>(i * d),
                candidates.begin() + static_cast<std::ptrdiff_t>((i + 1) * d)},
               learnt))
        return cancelled();
    }
  }
}

std::vector<double> TrainedSurrogate::to_unit(std::span<const double> points) const {
  std::vector<double> unit(points.size());
  const std::size_t d = factors_.size();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& factor = factors_[i % d];
    unit[i] = (points[i] - factor.low) / (factor.high - factor.low);
  }
  return unit;
}

std::vector<Prediction> TrainedSurrogate::predict(std::span<const double> factors) const {
  const auto unit = to_unit(factors);
  std::vector<Prediction> out;
  for (const auto& process : processes_) out.push_back(process.predict(unit));
  return out;
}

void TrainedSurrogate::predict(std::size_t answer, std::span<const double> points,
                               std::span<Prediction> out) const {
  processes_.at(answer).predict(to_unit(points), out);
}

bool TrainedSurrogate::within(std::span<const double> factors) const {
  for (std::size_t k = 0; k < factors_.size(); ++k) {
    if (!(factors[k] >= factors_[k].low && factors[k] <= factors_[k].high)) return false;
  }
  return true;
}

}  // namespace gemel::surrogates
