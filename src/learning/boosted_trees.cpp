#include "learning/boosted_trees.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include <xgboost/c_api.h>

#include "base/check.hpp"

namespace gemel::learning {
namespace {

Result<void> check(int code) {
  if (code == 0) return {};
  // Its message goes on for a page of addresses.
  const std::string message = XGBGetLastError();
  return {ErrorCode::InvalidInput, "XGBoost: " + message.substr(0, message.find('\n'))};
}

/// A matrix of XGBoost.
class Matrix {
 public:
  static Result<Matrix> of(std::span<const float> features, std::size_t width) {
    DMatrixHandle handle = nullptr;
    GEMEL_TRY(check(XGDMatrixCreateFromMat(features.data(), features.size() / width, width,
                                           std::nanf(""), &handle)));
    return Matrix(handle);
  }
  Matrix(Matrix&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Matrix& operator=(Matrix&&) = delete;
  ~Matrix() {
    if (handle_ != nullptr) XGDMatrixFree(handle_);
  }
  Result<void> set(const char* what, std::span<const float> values) {
    return check(XGDMatrixSetFloatInfo(handle_, what, values.data(), values.size()));
  }
  DMatrixHandle handle() const { return handle_; }

 private:
  explicit Matrix(DMatrixHandle handle) : handle_(handle) {}
  DMatrixHandle handle_;
};

/// What boosting starts from: the mean or the quantile of all targets, whatever their weights.
float start_of(const Examples& examples, std::optional<double> quantile) {
  if (!quantile) {
    double sum = 0.0;
    for (const auto target : examples.targets) sum += target;
    return static_cast<float>(sum / static_cast<double>(examples.rows()));
  }
  auto targets = examples.targets;
  const auto place =
      static_cast<std::ptrdiff_t>(*quantile * static_cast<double>(targets.size() - 1));
  std::nth_element(targets.begin(), targets.begin() + place, targets.end());
  return targets[static_cast<std::size_t>(place)];
}

}  // namespace

void Examples::add(std::span<const float> row, float target) {
  GEMEL_CHECK(width == 0 || row.size() == width);
  width = row.size();
  features.insert(features.end(), row.begin(), row.end());
  targets.push_back(target);
}

/// Predicting from several threads at once is not promised by every version of XGBoost.
struct BoostedTrees::Booster {
  BoosterHandle handle = nullptr;
  mutable std::mutex mutex;

  ~Booster() {
    if (handle != nullptr) XGBoosterFree(handle);
  }
  Result<void> set(const char* name, const std::string& value) const {
    return check(XGBoosterSetParam(handle, name, value.c_str()));
  }
  Result<std::span<const float>> margins(const Matrix& matrix, bool training) const {
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* values = nullptr;
    const char* config =
        training
            ? R"({"type":1,"training":true,"iteration_begin":0,"iteration_end":0,"strict_shape":true})"
            : R"({"type":1,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":true})";
    GEMEL_TRY(check(XGBoosterPredictFromDMatrix(handle, matrix.handle(), config, &shape,
                                                &dimensions, &values)));
    return std::span(values, shape[0]);
  }
};

Result<BoostedTrees> BoostedTrees::fit(const Examples& examples, const BoostingOptions& options) {
  if (examples.rows() == 0)
    return Error{ErrorCode::InvalidInput, "there are no examples to learn from"};
  GEMEL_ASSIGN(auto matrix, Matrix::of(examples.features, examples.width));
  GEMEL_TRY(matrix.set("label", examples.targets));
  if (!examples.weights.empty()) GEMEL_TRY(matrix.set("weight", examples.weights));
  auto booster = std::make_shared<Booster>();
  const DMatrixHandle handles[] = {matrix.handle()};
  GEMEL_TRY(check(XGBoosterCreate(handles, 1, &booster->handle)));
  const auto text = [](double value) { return std::to_string(value); };
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, std::string>>{
           {"objective", "reg:squarederror"},
           {"tree_method", "hist"},
           {"base_score", text(start_of(examples, options.quantile))},
           {"max_depth", std::to_string(options.depth)},
           {"eta", text(options.rate)},
           {"subsample", text(options.rows_share)},
           {"colsample_bytree", text(options.features_share)},
           {"min_child_weight", text(options.child_weight_least)},
           {"lambda", text(options.ridge)},
           {"nthread", std::to_string(options.threads)},
           {"seed", std::to_string(options.seed)},
           {"verbosity", "0"}}) {
    GEMEL_TRY(booster->set(name, value));
  }
  std::vector<float> slopes(examples.rows()), curvatures(examples.rows(), 1.0F);
  for (std::size_t round = 0; round < options.rounds; ++round) {
    if (!options.quantile) {
      GEMEL_TRY(
          check(XGBoosterUpdateOneIter(booster->handle, static_cast<int>(round), matrix.handle())));
      continue;
    }
    GEMEL_ASSIGN(const auto now, booster->margins(matrix, true));
    const auto q = static_cast<float>(*options.quantile);
    for (std::size_t i = 0; i < slopes.size(); ++i) {
      const float weight = examples.weights.empty() ? 1.0F : examples.weights[i];
      slopes[i] = weight * (examples.targets[i] > now[i] ? -q : 1.0F - q);
      curvatures[i] = weight;
    }
    GEMEL_TRY(check(XGBoosterBoostOneIter(booster->handle, matrix.handle(), slopes.data(),
                                          curvatures.data(), slopes.size())));
  }
  return BoostedTrees(std::move(booster), examples.width);
}

std::vector<float> BoostedTrees::predict(std::span<const float> features) const {
  if (features.empty()) return {};
  GEMEL_CHECK(features.size() % width_ == 0);
  const auto matrix = Matrix::of(features, width_);
  GEMEL_CHECK(matrix.has_value());
  const std::lock_guard lock(booster_->mutex);
  const auto margins = booster_->margins(*matrix, false);
  GEMEL_CHECK(margins.has_value());
  return {margins->begin(), margins->end()};
}

}  // namespace gemel::learning
