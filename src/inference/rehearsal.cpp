#include "inference/rehearsal.hpp"

#include <algorithm>
#include <array>

#include "base/random.hpp"
#include "inference/episode.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kFaults = 48;
constexpr std::size_t kLength = 40;  // rows
constexpr std::size_t kTogetherMax = 3;
constexpr double kGainMin = 0.02;
constexpr std::array kSizes{1.0, 2.0, 4.0, 8.0};  // usual spreads

enum class Shape : std::uint8_t { Bias, Drift, Frozen, Noise, OtherTime, Together, Count };

struct Fault {
  Shape shape = Shape::Bias;
  std::size_t start = 0;  // row
  std::size_t signal = 0;
  double size = 0.0;           // usual spreads, with its sign
  std::size_t elsewhere = 0;   // row that OtherTime begins to repeat
  std::vector<double> course;  // Together: usual spreads of each signal
  std::uint64_t seed = 0;      // of its noise
};

std::vector<Fault> invent(const RowTable& rows, const RehearsalPlan& plan) {
  std::vector<Fault> faults;
  if (rows.rows() < plan.from + kLength + 1) return faults;
  Random random(plan.seed);
  const std::size_t starts = rows.rows() - kLength - plan.from;
  for (std::size_t i = 0; i < kFaults; ++i) {
    Fault fault;
    fault.shape = static_cast<Shape>(i % static_cast<std::size_t>(Shape::Count));
    fault.size = kSizes[(i / static_cast<std::size_t>(Shape::Count)) % kSizes.size()];
    if (random.below(2) == 0) fault.size = -fault.size;
    fault.start = plan.from + random.below(starts);
    fault.elsewhere = plan.from + random.below(starts);
    fault.signal = random.below(rows.width);
    fault.seed = random.next();
    for (std::size_t s = 0; s < rows.width; ++s) fault.course.push_back(random.normal());
    faults.push_back(std::move(fault));
  }
  return faults;
}

/// The rows of a fault as they would have been measured.
RowTable act_out(const RowTable& rows, const Scaling& scaling, const Fault& fault) {
  RowTable out;
  out.width = rows.width;
  Random random(fault.seed);
  const auto width = [&](std::size_t s) {
    return scaling.absolute[s * scaling.shape.per_signal()].width;
  };
  for (std::size_t i = 0; i < kLength; ++i) {
    out.add(rows.row(fault.start + i));
    double* values = &out.values[i * out.width];
    double& value = values[fault.signal];
    const double amount = fault.size * width(fault.signal);
    switch (fault.shape) {
      case Shape::Bias:
        value += amount;
        break;
      case Shape::Drift:
        value += amount * static_cast<double>(2 * i) / kLength;
        break;
      case Shape::Frozen:
        value = rows.row(fault.start).values[fault.signal];
        break;
      case Shape::Noise:
        value += amount * random.normal();
        break;
      case Shape::OtherTime:
        value = rows.row(fault.elsewhere + i).values[fault.signal];
        break;
      case Shape::Together:
        for (std::size_t s = 0; s < out.width; ++s)
          values[s] += fault.size * fault.course[s] * width(s) / 2.0;
        break;
      case Shape::Count:
        break;
    }
  }
  return out;
}

bool notices(const CalibratedJudge& judge, PointMaker points, const RowTable& rows,
             const EpisodeRule& rule) {
  Episode episode(rule, 1.0);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    points.take(rows.row(i));
    const double score = judge.score(points);
    if (episode.observe(rows.times[i], score) == Turn::Raise) return true;
  }
  return false;
}

}  // namespace

std::vector<std::vector<bool>> rehearse(const RowTable& rows, const Scaling& scaling,
                                        std::span<const CalibratedJudge> judges,
                                        const RehearsalPlan& plan) {
  auto faults = invent(rows, plan);
  std::ranges::stable_sort(faults, {}, &Fault::start);
  std::vector<std::vector<bool>> noticed(judges.size());
  PointMaker before(scaling);  // as it stands when the next fault begins
  std::size_t at = 0;
  for (const auto& fault : faults) {
    for (; at < fault.start; ++at) {
      if (at > 0 && rows.times[at] - rows.times[at - 1] > scaling.gap_max) before.restart();
      before.take(rows.row(at));
    }
    const auto acted = act_out(rows, scaling, fault);
    for (std::size_t j = 0; j < judges.size(); ++j)
      noticed[j].push_back(notices(judges[j], before, acted, plan.episode));
  }
  return noticed;
}

std::vector<std::size_t> choose_judges(const std::vector<std::vector<bool>>& noticed) {
  std::vector<std::size_t> chosen;
  if (noticed.empty()) return chosen;
  std::vector<bool> together(noticed.front().size());
  const auto gain = [&](std::size_t j) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < together.size(); ++i) n += noticed[j][i] && !together[i] ? 1U : 0U;
    return n;
  };
  while (chosen.size() < std::min(kTogetherMax, noticed.size())) {
    std::size_t best = 0;
    for (std::size_t j = 1; j < noticed.size(); ++j) {
      if (gain(j) > gain(best)) best = j;
    }
    const bool worth = static_cast<double>(gain(best)) >=
                       std::max(1.0, kGainMin * static_cast<double>(together.size()));
    if (!worth && !chosen.empty()) break;
    chosen.push_back(best);
    for (std::size_t i = 0; i < together.size(); ++i) together[i] = together[i] || noticed[best][i];
  }
  return chosen;
}

}  // namespace gemel::inference
