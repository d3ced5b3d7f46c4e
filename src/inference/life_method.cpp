#include "inference/life_method.hpp"

#include <algorithm>
#include <cmath>

#include "inference/life_features.hpp"
#include "inference/similar_lives.hpp"

namespace gemel::inference {
namespace {

constexpr std::size_t kValues = 100;  // of a distribution

std::vector<float> features_of(std::span<const double> life, std::size_t sensors,
                               std::size_t more) {
  const LifeFeatures features(sensors);
  std::vector<float> out(features.width() + more);
  features.of(life, std::span(out).first(features.width()));
  return out;
}

}  // namespace

LifeOpinion BoostedLife::of(std::span<const double> life, std::size_t sensors) const {
  return {trees_.predict(features_of(life, sensors, 0))};
}

bool BoostedLife::fits(std::size_t sensors) const {
  return trees_.width() == LifeFeatures(sensors).width();
}

std::vector<double> SurvivalLife::survival(std::span<const double> life,
                                           std::size_t sensors) const {
  auto features = features_of(life, sensors, 1);
  std::vector<double> alive;
  double now = 1.0;
  for (std::size_t interval = 0; interval < kIntervals; ++interval) {
    features.back() = static_cast<float>(interval);
    now *= 1.0 - 1.0 / (1.0 + std::exp(-hazards_.predict(features)));
    alive.push_back(now);
  }
  return alive;
}

LifeOpinion SurvivalLife::of(std::span<const double> life, std::size_t sensors) const {
  const auto alive = survival(life, sensors);
  LifeOpinion opinion;
  double before = 1.0;
  for (const double after : alive) {
    opinion.mean += interval_ * (before + after) / 2.0;  // the area under the curve
    before = after;
  }
  for (std::size_t v = 0; v < kValues; ++v) {
    const double level = 1.0 - (static_cast<double>(v) + 0.5) / kValues;
    const auto within = std::ranges::find_if(alive, [&](double s) { return s < level; });
    const auto whole = static_cast<std::size_t>(within - alive.begin());
    double value = static_cast<double>(whole);
    if (within != alive.end()) {
      const double from = whole == 0 ? 1.0 : alive[whole - 1];
      value += (from - level) / (from - *within);
    }
    opinion.values.push_back(interval_ * value);
  }
  return opinion;
}

bool SurvivalLife::fits(std::size_t sensors) const {
  return hazards_.width() == LifeFeatures(sensors).width() + 1;
}

void SurvivalLife::encode(ByteWriter& out) const {
  out.fixed(interval_);
  hazards_.encode(out);
}

std::vector<double> equally_likely(std::vector<std::pair<double, double>> weighted,
                                   std::size_t count) {
  std::ranges::sort(weighted);
  double sum = 0.0;
  for (const auto& [value, weight] : weighted) sum += weight;
  std::vector<double> values;
  double passed = 0.0;
  auto at = weighted.begin();
  for (std::size_t v = 0; v < count; ++v) {
    const double level = (static_cast<double>(v) + 0.5) / static_cast<double>(count) * sum;
    while (std::next(at) != weighted.end() && passed + at->second < level) {
      passed += at->second;
      ++at;
    }
    values.push_back(at->first);
  }
  return values;
}

Result<std::shared_ptr<const LifeMethod>> decode_life_method(std::string_view name,
                                                             ByteReader& in) {
  using Method = std::shared_ptr<const LifeMethod>;
  if (name == "similarity") {
    GEMEL_ASSIGN(auto similar, SimilarLives::decode(in));
    return Method(std::make_shared<SimilarLives>(std::move(similar)));
  }
  if (name == "survival") {
    const auto interval = in.fixed<double>();
    GEMEL_ASSIGN(auto hazards, TreeEnsemble::decode(in));
    if (!(interval > 0.0 && interval < 1e9))
      return Error{ErrorCode::Corruption, "its intervals have no length"};
    return Method(std::make_shared<SurvivalLife>(std::move(hazards), interval));
  }
  if (name == "boosted") {
    GEMEL_ASSIGN(auto trees, TreeEnsemble::decode(in));
    return Method(std::make_shared<BoostedLife>(std::move(trees)));
  }
  return Error{ErrorCode::Unsupported,
               "its method '" + std::string(name.substr(0, 40)) + "' is not known"};
}

}  // namespace gemel::inference
