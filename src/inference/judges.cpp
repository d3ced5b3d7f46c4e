#include "inference/judges.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "inference/principal_components.hpp"
#include "inference/robust_limits.hpp"
#include "inference/standing_levels.hpp"

namespace gemel::inference {
namespace {

using Fitted = std::unique_ptr<const Judge>;

constexpr std::array kJudges{
    JudgeMaker{"forest",
               [](const JudgeFit& fit) -> Fitted {
                 return std::make_unique<IsolationForest>(
                     fit.points, ForestOptions{fit.settings.trees, fit.settings.sample,
                                               fit.features_per_signal, fit.seed});
               }},
    JudgeMaker{"components",
               [](const JudgeFit& fit) -> Fitted {
                 return std::make_unique<PrincipalComponents>(fit.points, fit.features_per_signal);
               }},
    JudgeMaker{"relations",
               [](const JudgeFit& fit) -> Fitted {
                 return std::make_unique<PrincipalComponents>(
                     fit.points, fit.features_per_signal,
                     PrincipalComponents::Statistic::Relations);
               }},
    JudgeMaker{"levels",
               [](const JudgeFit& fit) -> Fitted {
                 return std::make_unique<StandingLevels>(fit.points, "levels", 0);
               }},
    JudgeMaker{"steps",
               [](const JudgeFit& fit) -> Fitted {
                 return std::make_unique<StandingLevels>(fit.points, "steps", 1);
               }},
    JudgeMaker{"movements",
               [](const JudgeFit& fit) -> Fitted {
                 return std::make_unique<StandingLevels>(fit.points, "movements", 1);
               }},
    JudgeMaker{"changes",
               [](const JudgeFit& fit) -> Fitted {
                 return std::make_unique<StandingLevels>(fit.points, "changes", 0);
               }},
    JudgeMaker{"unrest",
               [](const JudgeFit& fit) -> Fitted {
                 return std::make_unique<StandingLevels>(fit.points, "unrest", 1);
               }},
    JudgeMaker{"limits",
               [](const JudgeFit& fit) -> Fitted {
                 return std::make_unique<RobustLimits>(fit.points, fit.features_per_signal);
               }},
};

}  // namespace

std::span<const JudgeMaker> judge_makers() { return kJudges; }

const JudgeMaker& judge_maker(std::string_view name) {
  const auto found = std::ranges::find(kJudges, name, &JudgeMaker::name);
  GEMEL_CHECK(found != kJudges.end());
  return *found;
}

}  // namespace gemel::inference
