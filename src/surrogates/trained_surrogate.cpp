#include "surrogates/trained_surrogate.hpp"

#include <algorithm>

namespace gemel::surrogates {

std::string_view to_string(SurrogateKind kind) {
  switch (kind) {
    case SurrogateKind::Auto:
      return "auto";
    case SurrogateKind::GaussianProcess:
      return "gaussian_process";
    case SurrogateKind::Network:
      return "network";
  }
  return "";
}

std::optional<SurrogateKind> surrogate_kind(std::string_view name) {
  for (const auto kind :
       {SurrogateKind::Auto, SurrogateKind::GaussianProcess, SurrogateKind::Network}) {
    if (to_string(kind) == name) return kind;
  }
  return std::nullopt;
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

void TrainedSurrogate::predict_unit(std::span<const double> unit,
                                    std::span<const std::span<Prediction>> out) const {
  std::vector<std::span<Prediction>> of_network(out.size());
  bool any = false;
  for (std::size_t k = 0; k < out.size(); ++k) {
    if (out[k].empty()) continue;
    if (const auto* process = this->process(k)) {
      process->predict(unit, out[k]);
    } else {
      of_network[k] = out[k];
      any = true;
    }
  }
  if (any) network_->predict(unit, of_network);
}

std::vector<Prediction> TrainedSurrogate::predict(std::span<const double> factors) const {
  std::vector<Prediction> out(trust_.size());
  std::vector<std::span<Prediction>> places;
  for (auto& one : out) places.push_back({&one, 1});
  predict_unit(to_unit(factors), places);
  return out;
}

void TrainedSurrogate::predict(std::size_t answer, std::span<const double> points,
                               std::span<Prediction> out) const {
  std::vector<std::span<Prediction>> places(trust_.size());
  places.at(answer) = out;
  predict_unit(to_unit(points), places);
}

void TrainedSurrogate::predict(std::span<const double> points,
                               std::span<const std::span<Prediction>> out) const {
  predict_unit(to_unit(points), out);
}

bool TrainedSurrogate::within(std::span<const double> factors) const {
  for (std::size_t k = 0; k < factors_.size(); ++k) {
    if (!(factors[k] >= factors_[k].low && factors[k] <= factors_[k].high)) return false;
  }
  return true;
}

}  // namespace gemel::surrogates
