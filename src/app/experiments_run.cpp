// The real experiments, one what-if each, and the virtual ones, a million at once.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <numeric>

#include "app/experiments.hpp"
#include "app/terminal.hpp"
#include "base/parallel.hpp"
#include "base/sobol.hpp"
#include "base/statistics.hpp"
#include "base/text.hpp"

namespace gemel::app {
namespace {

constexpr std::size_t kTogether = 16'384;   // virtual experiments between two looks at the clock
constexpr std::uint64_t kApart = 0x51ab1e;  // from the seeds of the design

double sum_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// Mean over the futures, with its standard error.
Read over_draws(const std::vector<double>& draws) {
  const auto n = static_cast<double>(draws.size());
  const double mean = sum_of(draws) / n;
  double squares = 0.0;
  for (const double each : draws) squares += (each - mean) * (each - mean);
  return {mean, n > 1.0 ? std::sqrt(squares / (n - 1.0) / n) : 0.0};
}

Error lacks(const std::string& what) {
  return {ErrorCode::Unavailable, "the simulator did not answer " + what};
}

Result<Read> read_signal(const AnswerOf& answer, const SimulatedSignal& signal, double draws) {
  if (signal.mean.empty()) return lacks(answer.shown());
  if (answer.kind == AnswerOf::Kind::Lowest || answer.kind == AnswerOf::Kind::Highest) {
    const auto& worst =
        answer.kind == AnswerOf::Kind::Lowest ? signal.worst_low : signal.worst_high;
    if (worst.empty()) return lacks(answer.shown());
    return over_draws(worst);
  }
  // The futures' own 5 % and 95 % tell their spread, as if they were normal.
  const double scale = 1.0 / (2.0 * surrogates::kNinety * std::sqrt(draws));
  if (answer.kind == AnswerOf::Kind::Last)
    return Read{signal.mean.back(), (signal.high.back() - signal.low.back()) * scale};
  const auto n = static_cast<double>(signal.mean.size());
  return Read{sum_of(signal.mean) / n, (sum_of(signal.high) - sum_of(signal.low)) / n * scale};
}

/// Rows of factors and what was said of them.
class Rows {
 public:
  Result<void> open(const std::string& path, const Study& study) {
    path_ = path;
    file_.open(path);
    for (const auto& factor : study.factors) file_ << factor.name << ',';
    for (std::size_t k = 0; k < study.answers.size(); ++k) {
      const auto name = study.answers[k].shown();
      file_ << (k > 0 ? "," : "") << name << ',' << name << " 5 %," << name << " 95 %," << name
            << " by";
    }
    file_ << '\n';
    return still_good();
  }

  Result<void> add(std::span<const double> points, std::size_t factors,
                   const surrogates::Answered& answered) {
    std::string line;
    for (std::size_t i = 0; i < points.size() / factors; ++i) {
      line.clear();
      for (std::size_t k = 0; k < factors; ++k) line += text::number(points[i * factors + k]) + ",";
      for (std::size_t k = 0; k < answered.said.size(); ++k) {
        const auto& said = answered.said[k][i];
        line += (k > 0 ? "," : "") + text::number(said.mean) + "," + text::number(said.low()) +
                "," + text::number(said.high()) + ",";
        line += surrogates::to_string(answered.source[k][i]);
      }
      file_ << line << '\n';
    }
    return still_good();
  }

  Result<void> close() {
    file_.close();
    return still_good();
  }

 private:
  Result<void> still_good() const {
    if (file_) return {};
    return Error{ErrorCode::Unavailable, "can't write " + path_ + "; is there room, and may you?"};
  }

  std::string path_;
  std::ofstream file_;
};

void count_goals(const Study& study, const surrogates::Answered& answered, std::size_t point,
                 VirtualExperiments& into) {
  bool expected = true, surely = true, perhaps = true;
  for (std::size_t g = 0; g < study.goals.size(); ++g) {
    const auto& goal = study.goals[g];
    const auto& said = answered.said[goal.answer][point];
    const bool low = goal.holds(said.low()), high = goal.holds(said.high());
    const bool middle = goal.holds(said.mean);
    into.goals[g].expected += middle;
    into.goals[g].surely += low && high;
    into.goals[g].perhaps += low || high;
    expected = expected && middle;
    surely = surely && low && high;
    perhaps = perhaps && (low || high);
  }
  into.all_goals.expected += expected;
  into.all_goals.surely += surely;
  into.all_goals.perhaps += perhaps;
}

}  // namespace

Result<Read> read_answer(const AnswerOf& answer, const Outcome& outcome) {
  if (answer.kind == AnswerOf::Kind::Indicator) {
    for (const auto& one : outcome.indicators) {
      if (one.name != answer.name) continue;
      return one.draws.empty() ? Read{one.mean, 0.0} : over_draws(one.draws);
    }
    return lacks(answer.name);
  }
  for (const auto& one : outcome.signals) {
    if (one.name == answer.name) return read_signal(answer, one, outcome.draws);
  }
  return lacks(answer.name);
}

Result<std::vector<double>> RealExperiments::ask(std::span<const double> factors) {
  auto scenario = study_.scenario;
  for (std::size_t k = 0; k < factors.size(); ++k) scenario.changes[k].value = factors[k];
  GEMEL_ASSIGN(scenario, settled(*twin_.plant, twin_.start, std::move(scenario)));
  GEMEL_ASSIGN(const auto outcome,
               twin_.simulator->what_if(twin_.start, scenario, [&](std::uint32_t, std::uint32_t) {
                 return !stop_.stop_requested();
               }));
  // Of fewer futures, it would have another chance than the others.
  if (outcome.draws < scenario.draws) return Error{ErrorCode::Cancelled, "stopped"};
  std::vector<double> out, variances;
  for (const auto& answer : study_.answers) {
    GEMEL_ASSIGN(const auto read, read_answer(answer, outcome));
    out.push_back(read.value);
    variances.push_back(read.error * read.error);
  }
  variances_.resize(variances.size());
  for (std::size_t k = 0; k < variances.size(); ++k) variances_[k] += variances[k];
  ++count_;
  return out;
}

double RealExperiments::noise(std::size_t answer) const {
  return count_ == 0 ? 0.0 : std::sqrt(variances_[answer] / static_cast<double>(count_));
}

Result<VirtualExperiments> experiment_virtually(surrogates::StandIn& stand_in, const Study& study,
                                                const ExperimentsOptions& options,
                                                std::stop_token stop) {
  const auto began = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  };
  const std::size_t d = study.factors.size(), answers = study.answers.size();
  const std::size_t total = options.virtual_experiments;
  const Sobol places(d, options.seed + kApart);
  VirtualExperiments out;
  out.values.resize(answers);
  for (auto& one : out.values) one.reserve(total);
  out.untrusted.resize(answers);
  out.goals.resize(study.goals.size());
  Rows rows;
  if (!options.csv.empty()) GEMEL_TRY(rows.open(options.csv, study));
  ProgressLine line("virtual experiments");
  std::vector<double> points;
  // Stopped or not: who waited for the training wants to see something of it.
  for (std::size_t first = 0; first < total && (first == 0 || !stop.stop_requested());
       first += kTogether) {
    const std::size_t many = std::min(kTogether, total - first);
    points.resize(many * d);
    (void)share_out(many, 1'024, [&](std::size_t from, std::size_t until) -> Result<void> {
      for (std::size_t i = from; i < until; ++i) {
        for (std::size_t k = 0; k < d; ++k)
          points[i * d + k] = study.factors[k].quantile(places.at(first + i, k));
      }
      return {};
    });
    const auto answered = stand_in.ask(points, [&] { return !stop.stop_requested(); });
    for (std::size_t k = 0; k < answers; ++k) {
      for (std::size_t i = 0; i < many; ++i) {
        out.values[k].push_back(answered.said[k][i].mean);
        out.untrusted[k] += answered.source[k][i] == surrogates::Source::Untrusted;
      }
    }
    if (!study.goals.empty()) {
      for (std::size_t i = 0; i < many; ++i) count_goals(study, answered, i, out);
    }
    if (!options.csv.empty()) GEMEL_TRY(rows.add(points, d, answered));
    const auto done = static_cast<double>(first + many);
    line.show(done / static_cast<double>(total),
              grouped(first + many) + ", " +
                  grouped(static_cast<std::size_t>(done / std::max(seconds(), 1e-9))) + "/s");
  }
  if (!options.csv.empty()) GEMEL_TRY(rows.close());
  for (auto& one : out.values) std::ranges::sort(one);
  out.tally = stand_in.tally();
  out.seconds = seconds();
  return out;
}

}  // namespace gemel::app
