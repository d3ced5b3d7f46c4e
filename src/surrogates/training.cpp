// Design of experiments: where a surrogate asks its simulator, and when it has asked enough.

#include <algorithm>
#include <cmath>

#include "base/parallel.hpp"
#include "base/sobol.hpp"
#include "base/statistics.hpp"
#include "base/text.hpp"
#include "surrogates/trained_surrogate.hpp"

namespace gemel::surrogates {
namespace {

constexpr std::size_t kCandidates = 256;
constexpr std::size_t kFar = 1 << 20;       // in Sobol's sequence: beyond what fills the box
constexpr std::size_t kProcessMax = 1'000;  // experiments: beyond, it is slower than it is good
constexpr std::size_t kNetworkFirst = 40;   // experiments: fewer teach a network little
constexpr double kGrowth = 1.2;             // of the experiments, from round to round
constexpr double kNetworkGrowth = 1.5;      // the same between networks, which are dear to train
constexpr double kNothing = 1e-9;           // beside the answer itself: it stands still
constexpr double kCoverageLeast = 0.75;     // of few checks: what a true 90 % hardly falls below

/// What was asked and answered. Shapes: inputs row by row, answers[k] of the k-th answer.
struct Asked {
  std::vector<double> inputs;
  std::vector<std::vector<double>> answers;
  std::vector<bool> even;  // not chosen for being little known
  std::size_t count() const { return answers.empty() ? 0 : answers[0].size(); }
};

double spread_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0.0;
  for (const double each : values) squares += (each - mean) * (each - mean);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

}  // namespace

/// One training, from the first question to the surrogate.
class Training {
 public:
  Training(std::vector<Factor> factors, std::size_t answers, const Experiment& experiment,
           const TrainingSettings& settings)
      : experiment_(experiment),
        settings_(settings),
        dimensions_(factors.size()),
        points_(dimensions_, settings.seed),
        apart_(dimensions_, settings.seed + 0x5bd1e995),
        learnt_{{}, std::vector<std::vector<double>>(answers), {}},
        kept_(learnt_) {
    made_.factors_ = std::move(factors);
  }

  Result<TrainedSurrogate> run() {
    // Checks and lessons in turn: who stops early has some of both.
    const std::size_t usual = settings_.kind == SurrogateKind::Network
                                  ? std::max(8 * dimensions_, kNetworkFirst)
                                  : 8 * dimensions_;
    const std::size_t first =
        std::min(settings_.first != 0 ? settings_.first : usual, settings_.answers_max);
    for (std::size_t i = 0; i < std::max(settings_.checks, first) && !stopped_; ++i) {
      if (i < first) ask(point(points_, i), learnt_);
      if (i < settings_.checks) ask(point(apart_, i), kept_);
    }
    for (std::size_t round = 1, even = first;; ++round) {
      GEMEL_TRY(enough_to_learn_from());
      const bool last = stopped_ || learnt_.count() >= settings_.answers_max ||
                        made_.asked_ >= settings_.answers_max + settings_.checks;
      GEMEL_TRY(learn(last));
      made_.learnt_ = learnt_.count();
      made_.checked_ = kept_.count();
      if (last || good_enough()) return std::move(made_);
      // Half where least is known, half anywhere: these tell how far off it is on the whole.
      const std::size_t more = next_questions();
      for (const auto& unit : least_known(kFar + round * kCandidates, (more + 1) / 2))
        ask(unit, learnt_, false);
      for (std::size_t i = 0; i < more / 2; ++i) ask(point(points_, even++), learnt_);
    }
  }

 private:
  /// In the unit cube; of what is counted, where whole numbers lie.
  std::vector<double> point(const Sobol& of, std::size_t i) const {
    std::vector<double> at(dimensions_);
    for (std::size_t k = 0; k < dimensions_; ++k) at[k] = made_.factors_[k].at(of.at(i, k));
    return made_.to_unit(at);
  }

  void ask(const std::vector<double>& unit, Asked& into, bool even = true) {
    stopped_ = stopped_ || (settings_.go_on && !settings_.go_on(made_.asked_));
    if (stopped_) return;
    ++made_.asked_;
    std::vector<double> at(dimensions_);
    for (std::size_t k = 0; k < dimensions_; ++k) at[k] = made_.factors_[k].at(unit[k]);
    const auto answer = experiment_(at);
    const bool good =
        answer && answer->size() == into.answers.size() &&
        std::all_of(answer->begin(), answer->end(), [](double x) { return std::isfinite(x); });
    if (!good) {
      ++refused_;
      if (!answer) why_ = ": " + answer.error().message;
      return;
    }
    into.inputs.insert(into.inputs.end(), unit.begin(), unit.end());
    for (std::size_t k = 0; k < answer->size(); ++k) into.answers[k].push_back((*answer)[k]);
    into.even.push_back(even);
  }

  Result<void> enough_to_learn_from() const {
    const std::size_t least = settings_.kind == SurrogateKind::Network
                                  ? NetworkEnsemble::Settings().members * 4
                                  : dimensions_ + 2;
    if (learnt_.count() >= least && kept_.count() >= 2) return {};
    if (stopped_) {
      return Error{ErrorCode::Cancelled, "stopped after " + std::to_string(made_.asked_) +
                                             " experiments, too few to learn from"};
    }
    if (refused_ == 0) {
      return Error{ErrorCode::InvalidInput,
                   std::to_string(made_.asked_) +
                       " experiments are too few to learn from; allow at least " +
                       std::to_string(least) + " and as many again to check with"};
    }
    return Error{ErrorCode::Unavailable, "of " + std::to_string(made_.asked_) + " experiments " +
                                             std::to_string(refused_) +
                                             " gave no finite answer; narrow the factors" + why_};
  }

  /// Everything anew from all that is learnt; `last`: nothing more will come.
  Result<void> learn(bool last) {
    const std::size_t answers = learnt_.answers.size();
    made_.trust_.assign(answers, {});
    const bool processes =
        settings_.kind != SurrogateKind::Network &&
        (learnt_.count() <= kProcessMax || settings_.kind == SurrogateKind::GaussianProcess);
    if (processes) GEMEL_TRY(learn_processes());
    for (auto& trust : made_.trust_)
      trust.kind = processes ? SurrogateKind::GaussianProcess : SurrogateKind::Network;
    if (processes) judge();

    const bool needed = !processes || (settings_.kind == SurrogateKind::Auto && !good_enough());
    const bool grown = static_cast<double>(learnt_.count()) >=
                       kNetworkGrowth * static_cast<double>(network_learnt_);
    const std::size_t least = 4 * NetworkEnsemble::Settings().members;
    if (!needed || learnt_.count() < least || !(last || grown || !processes)) return {};
    network_learnt_ = learnt_.count();
    GEMEL_ASSIGN(made_.network_,
                 NetworkEnsemble::fit(learnt_.inputs, dimensions_, learnt_.answers,
                                      {.seed = settings_.seed, .even = learnt_.even}));
    bool used = false;
    for (std::size_t k = 0; k < answers; ++k) {
      auto& trust = made_.trust_[k];
      if (processes && !good(trust) &&
          made_.network_->left_out_error(k) < made_.processes_[k].left_out_error())
        trust.kind = SurrogateKind::Network;
      used = used || trust.kind == SurrogateKind::Network;
    }
    judge();
    if (!used) made_.network_.reset();
    return {};
  }

  Result<void> learn_processes() {
    const std::size_t answers = learnt_.answers.size();
    std::vector<GaussianProcess> next(answers);
    GEMEL_TRY(share_out(answers, 1, [&](std::size_t first, std::size_t last) -> Result<void> {
      for (std::size_t k = first; k < last; ++k) {
        GaussianProcess::Settings how{.seed = settings_.seed, .even = learnt_.even};
        if (k < made_.processes_.size()) {  // those of the last round are nearly right
          how.from = made_.processes_[k].lengths();
          how.restarts = 0;
        }
        GEMEL_ASSIGN(next[k],
                     GaussianProcess::fit(learnt_.inputs, dimensions_, learnt_.answers[k], how));
      }
      return {};
    }));
    made_.processes_ = std::move(next);
    return {};
  }

  /// By the checks, and over the box.
  void judge() {
    const auto candidates = some_points(kFar);
    for (std::size_t k = 0; k < made_.trust_.size(); ++k) {
      auto& trust = made_.trust_[k];
      trust = {.kind = trust.kind, .spread = spread_of(kept_.answers[k])};
      double largest = 0.0;
      for (const double each : kept_.answers[k]) largest = std::max(largest, std::fabs(each));
      trust.limit = std::max(settings_.error_wished * trust.spread, kNothing * largest);
      const auto said = said_of(k, kept_.inputs);
      for (std::size_t i = 0; i < said.size(); ++i) {
        const double truth = kept_.answers[k][i], off = said[i].mean - truth;
        trust.error += off * off;
        trust.coverage += truth >= said[i].low() && truth <= said[i].high() ? 1.0 : 0.0;
      }
      trust.error = std::sqrt(trust.error / static_cast<double>(said.size()));
      trust.coverage /= static_cast<double>(said.size());
      trust.wished = trust.error <= trust.limit && trust.coverage >= kCoverageLeast;
      for (const auto& one : said_of(k, candidates))
        trust.share += one.spread <= trust.limit ? 1.0 / kCandidates : 0.0;
    }
  }

  bool good(const Trust& trust) const {
    return trust.wished && trust.share >= settings_.share_wished;
  }
  bool good_enough() const {
    return std::ranges::all_of(made_.trust_, [&](const Trust& trust) { return good(trust); });
  }

  std::vector<Prediction> said_of(std::size_t answer, const std::vector<double>& units) const {
    std::vector<Prediction> out(units.size() / dimensions_);
    std::vector<std::span<Prediction>> places(made_.trust_.size());
    places[answer] = out;
    made_.predict_unit(units, places);
    return out;
  }

  std::vector<double> some_points(std::size_t from) const {
    std::vector<double> out;
    for (std::size_t i = 0; i < kCandidates; ++i) {
      const auto unit = point(points_, from + i);
      out.insert(out.end(), unit.begin(), unit.end());
    }
    return out;
  }

  std::size_t next_questions() const {
    const bool network = settings_.kind == SurrogateKind::Network;
    const double grown =
        ((network ? kNetworkGrowth : kGrowth) - 1.0) * static_cast<double>(learnt_.count());
    return std::min({std::max({dimensions_, std::size_t{4}, static_cast<std::size_t>(grown)}),
                     settings_.answers_max - learnt_.count(), kCandidates});
  }

  /// Where, relative to what is wished, least is known; not all in one corner.
  std::vector<std::vector<double>> least_known(std::size_t from, std::size_t more) const {
    const auto candidates = some_points(from);
    std::vector<double> unknown(kCandidates, 0.0);
    for (std::size_t k = 0; k < made_.trust_.size(); ++k) {
      const auto said = said_of(k, candidates);
      for (std::size_t i = 0; i < kCandidates; ++i)
        unknown[i] =
            std::max(unknown[i], said[i].spread / std::max(made_.trust_[k].spread, 1e-300));
    }
    // What a network learns has no lengths of its own: a quarter of the box.
    const auto* process = made_.process(0);
    const auto lengths = process ? process->lengths() : std::vector<double>(dimensions_, 0.25);
    std::vector<std::vector<double>> chosen;
    while (chosen.size() < more) {
      const auto best =
          static_cast<std::size_t>(std::ranges::max_element(unknown) - unknown.begin());
      const auto at = candidates.begin() + static_cast<std::ptrdiff_t>(best * dimensions_);
      chosen.emplace_back(at, at + static_cast<std::ptrdiff_t>(dimensions_));
      for (std::size_t i = 0; i < kCandidates; ++i) {
        double distance = 0.0;
        for (std::size_t k = 0; k < dimensions_; ++k) {
          const double by =
              (candidates[i * dimensions_ + k] - candidates[best * dimensions_ + k]) / lengths[k];
          distance += by * by;
        }
        unknown[i] *= 1.0 - std::exp(-2.0 * distance);
      }
      unknown[best] = -1.0;
    }
    return chosen;
  }

  const Experiment& experiment_;
  const TrainingSettings& settings_;
  const std::size_t dimensions_;
  const Sobol points_, apart_;
  Asked learnt_, kept_;
  TrainedSurrogate made_;
  std::size_t refused_ = 0, network_learnt_ = 0;
  std::string why_;  // the last experiment that failed
  bool stopped_ = false;
};

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
  return Training(std::move(factors), answers, experiment, settings).run();
}

}  // namespace gemel::surrogates
