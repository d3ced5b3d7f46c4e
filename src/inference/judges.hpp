#pragma once
// The judges that detectors are made of: a table, one line each.

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "inference/isolation_forest.hpp"
#include "inference/judge.hpp"
#include "inference/settings.hpp"

namespace gemel::inference {

/// What a judge is fitted on. Shapes: points as many wide as features.
struct JudgeFit {
  const PointTable& points;
  std::size_t features_per_signal = 1;
  const DetectorSettings& settings;
  std::uint64_t seed = 1;
};

struct JudgeMaker {
  std::string_view name;
  std::unique_ptr<const Judge> (*fit)(const JudgeFit&);
};

/// By Judge::name(). It must be there.
const JudgeMaker& judge_maker(std::string_view name);
std::span<const JudgeMaker> judge_makers();

}  // namespace gemel::inference
