#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/experiments.hpp"
#include "app/terminal.hpp"
#include "base/statistics.hpp"
#include "base/text.hpp"
#include "surrogates/sensitivity.hpp"

namespace gemel::app {
namespace {

std::string percent(double share, int significant = 3) {
  return text::rounded(100.0 * share, significant) + " %";
}

/// Three digits, however small.
std::string small(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

/// So that only what is all is called 100 %, and only what is nothing 0 %.
std::string share_of(std::size_t part, std::size_t of) {
  if (of == 0) return "-";
  const double share = static_cast<double>(part) / static_cast<double>(of);
  if (part == of || part == 0) return percent(share);
  if (share > 0.9995) return "> 99.9 %";
  if (share < 0.0005) return "< 0.1 %";
  return text::rounded(std::round(1000.0 * share) / 10.0, 4) + " %";
}

std::string seconds_of(double seconds) {
  return text::rounded(seconds, seconds < 10.0 ? 2 : 4) + " s";
}

std::string kind_of(surrogates::SurrogateKind kind) {
  return kind == surrogates::SurrogateKind::Network ? "networks" : "Gaussian process";
}

/// `values` in order.
double at_share(const std::vector<double>& values, double share) {
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

void print_goals(const VirtualExperiments& done, const Study& study) {
  Table table({"goal", "holds in", "for sure in", "perhaps in"});
  const auto total = done.values.front().size();
  const auto add = [&](const std::string& name, const VirtualExperiments::Held& held) {
    table.add({name, share_of(held.expected, total), share_of(held.surely, total),
               share_of(held.perhaps, total)});
  };
  for (std::size_t g = 0; g < study.goals.size(); ++g) add(study.goals[g].text, done.goals[g]);
  if (study.goals.size() > 1) add("all of them", done.all_goals);
  if (!table.empty()) std::printf("\n%s", table.to_text().c_str());
}

}  // namespace

std::string grouped(std::size_t count) {
  auto text = std::to_string(count);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3)
    text.insert(static_cast<std::size_t>(i), ",");
  return text;
}

void print_head(const Study& study, const ExperimentsOptions& options, const TwinFile& twin) {
  const Timestamp at{twin.start.at.ns - twin.start.at.ns % 1'000'000};  // as the API tells times
  std::printf("%s ahead from %s, simulator %s; of each experiment the mean of %u futures\n",
              options.horizon.c_str(),
              options.history.empty() ? "its beginning" : to_string(at).c_str(),
              twin.simulator->version().c_str(), options.draws);
  for (std::size_t k = 0; k < study.factors.size(); ++k) {
    const auto& factor = study.factors[k];
    const auto unit = study.units[k].empty() || study.units[k] == "1" ? "" : " " + study.units[k];
    const auto low = text::rounded(factor.low), high = text::rounded(factor.high);
    std::printf("  %s %s\n", factor.name.c_str(),
                (factor.distribution ? "~ " + factor.distribution->to_string() + unit +
                                           ", learnt from " + low + " to " + high
                                     : "from " + low + " to " + high + unit +
                                           (factor.whole ? ", whole numbers" : ""))
                    .c_str());
  }
  for (const auto& text : options.set) {
    const auto equals = text.find('=');
    std::printf("  %s = %s\n", text.substr(0, equals).c_str(), text.substr(equals + 1).c_str());
  }
  std::printf("\n");
  std::fflush(stdout);
}

void print_trust(const surrogates::TrainedSurrogate& surrogate, const Study& study,
                 const RealExperiments& real, const Effort& effort,
                 const ExperimentsOptions& options) {
  std::printf(
      "%s experiments in %s (%s/s): learnt from %zu, checked on %zu; learning took %s\n\n",
      grouped(effort.experiments).c_str(), seconds_of(effort.seconds).c_str(),
      text::rounded(static_cast<double>(effort.experiments) / std::max(effort.seconds, 1e-9), 2)
          .c_str(),
      surrogate.learnt(), surrogate.checked(), seconds_of(effort.learning).c_str());
  Table table({"how far it is known", "unit", "learnt by", "error", "of its spread", "noise",
               "90 % held", "wish of " + percent(options.wish), "trusted in"});
  bool noisy = false, unmet = false;
  for (std::size_t k = 0; k < study.answers.size(); ++k) {
    const auto& trust = surrogate.trust()[k];
    const bool still = trust.limit > 1.01 * options.wish * trust.spread;
    const double noise = real.noise(k);
    noisy = noisy || (!trust.wished && noise > 0.5 * trust.limit);
    unmet = unmet || !trust.wished;
    const auto held = std::lround(trust.coverage * static_cast<double>(surrogate.checked()));
    table.add({study.answers[k].shown(), study.answers[k].unit, kind_of(trust.kind),
               still ? "0" : small(trust.error),
               still ? "stands still" : percent(trust.error / trust.spread), small(noise),
               std::to_string(held) + " of " + std::to_string(surrogate.checked()),
               trust.wished ? "met" : "not met", trust.wished ? percent(trust.share) : "nothing"});
  }
  std::printf("%s", table.to_text().c_str());
  std::printf(
      "(of experiments kept aside: error, and how many of the 90 %% intervals held; noise: "
      "standard error of one experiment; trusted in: of the box)\n");
  if (unmet) {
    std::printf("(where the wish is not met: more --budget, a narrower --vary, a wider --wish%s)\n",
                noisy ? ", or more --draws, for the experiments themselves are noisy" : "");
  }
  std::printf("\n");
  std::fflush(stdout);
}

void print_virtual(const VirtualExperiments& done, const surrogates::StandIn& stand_in,
                   const Study& study) {
  const auto total = done.values.front().size();
  const auto& tally = done.tally;
  const std::size_t answers = tally.surrogate + tally.simulator + tally.untrusted;
  std::printf(
      "%s virtual experiments in %s (%s/s)\n", grouped(total).c_str(),
      seconds_of(done.seconds).c_str(),
      grouped(static_cast<std::size_t>(static_cast<double>(total) / std::max(done.seconds, 1e-9)))
          .c_str());
  std::printf(
      "of their answers %s are the surrogate's, %s the simulator's (asked %s times), %s not "
      "to be trusted\n",
      share_of(tally.surrogate, answers).c_str(), share_of(tally.simulator, answers).c_str(),
      grouped(tally.asked).c_str(), share_of(tally.untrusted, answers).c_str());
  if (stand_in.refused() > 0)
    std::printf("(%s questions had no answer from the simulator)\n",
                grouped(stand_in.refused()).c_str());
  std::printf("\n");
  Table table({"over the virtual experiments", "unit", "mean", "5 %", "median", "95 %", "trusted"});
  for (std::size_t k = 0; k < study.answers.size(); ++k) {
    const auto& values = done.values[k];
    table.add({study.answers[k].shown(), study.answers[k].unit, text::rounded(mean_of(values)),
               text::rounded(at_share(values, 0.05)), text::rounded(at_share(values, 0.5)),
               text::rounded(at_share(values, 0.95)), share_of(total - done.untrusted[k], total)});
  }
  std::printf("%s", table.to_text().c_str());
  if (done.tally.untrusted > 0)
    std::printf("(what is not trusted stands here as the surrogate's guess)\n");
  print_goals(done, study);
}

void print_sensitivities(const surrogates::TrainedSurrogate& surrogate, const Study& study,
                         std::uint64_t seed) {
  if (study.factors.size() < 2) return;
  std::vector<std::string> header{"share of the variance: alone, with interactions"};
  for (const auto& factor : study.factors) header.push_back(factor.name);
  Table table(std::move(header));
  for (std::size_t k = 0; k < study.answers.size(); ++k) {
    std::vector<std::string> row{study.answers[k].shown()};
    const auto shown = [](double share) {
      return std::to_string(std::lround(100.0 * std::clamp(share, 0.0, 1.0))) + " %";
    };
    for (const auto& one : surrogates::sensitivities(surrogate, k, 4096, seed))
      row.push_back(shown(one.alone) + ", " + shown(one.total));
    table.add(std::move(row));
  }
  std::printf("\n%s", table.to_text().c_str());
}

}  // namespace gemel::app
