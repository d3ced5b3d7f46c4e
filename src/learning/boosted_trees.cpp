#include "learning/boosted_trees.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>
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

/// A booster of XGBoost.
class Booster {
 public:
  static Result<Booster> of(const Matrix& matrix) {
    BoosterHandle handle = nullptr;
    const DMatrixHandle handles[] = {matrix.handle()};
    GEMEL_TRY(check(XGBoosterCreate(handles, 1, &handle)));
    return Booster(handle);
  }
  Booster(Booster&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Booster& operator=(Booster&&) = delete;
  ~Booster() {
    if (handle_ != nullptr) XGBoosterFree(handle_);
  }
  BoosterHandle handle() const { return handle_; }
  Result<void> set(const char* name, const std::string& value) const {
    return check(XGBoosterSetParam(handle_, name, value.c_str()));
  }
  Result<std::span<const float>> margins(const Matrix& matrix) const {
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* values = nullptr;
    const char* config =
        R"({"type":1,"training":true,"iteration_begin":0,"iteration_end":0,"strict_shape":true})";
    GEMEL_TRY(check(XGBoosterPredictFromDMatrix(handle_, matrix.handle(), config, &shape,
                                                &dimensions, &values)));
    return std::span(values, shape[0]);
  }
  Result<std::vector<std::string>> dump() const {
    bst_ulong count = 0;
    const char** texts = nullptr;
    GEMEL_TRY(check(XGBoosterDumpModelEx(handle_, "", 0, "json", &count, &texts)));
    return std::vector<std::string>(texts, texts + count);
  }

 private:
  explicit Booster(BoosterHandle handle) : handle_(handle) {}
  BoosterHandle handle_;
};

using Node = inference::TreeEnsemble::Node;

/// One tree of XGBoost's dump, whose children follow their parents.
void add_nodes(const nlohmann::json& from, std::vector<Node>& tree) {
  const auto at = tree.size();
  tree.emplace_back();
  if (from.contains("leaf")) {
    tree[at].value = from.at("leaf").get<float>();
    return;
  }
  const auto split = from.at("split").get<std::string>();  // "f12"
  tree[at].feature = std::stoi(split.substr(1));
  tree[at].value = from.at("split_condition").get<float>();
  tree[at].missing_left = from.at("missing") == from.at("yes");
  for (const auto& child : from.at("children")) {
    const bool left = child.at("nodeid") == from.at("yes");
    (left ? tree[at].left : tree[at].right) = static_cast<std::uint32_t>(tree.size());
    add_nodes(child, tree);
  }
}

Result<inference::TreeEnsemble> trees_of(const Booster& booster, std::size_t width, float start) {
  GEMEL_ASSIGN(const auto texts, booster.dump());
  inference::TreeEnsemble ensemble(width, start);
  try {
    for (const auto& text : texts) {
      std::vector<Node> tree;
      add_nodes(nlohmann::json::parse(text), tree);
      ensemble.add(std::move(tree));
    }
  } catch (const std::exception& trouble) {
    return Error{
        ErrorCode::Unsupported,
        std::string("this version of XGBoost tells its trees in another way: ") + trouble.what()};
  }
  return ensemble;
}

}  // namespace

void Examples::add(std::span<const float> row, float target) {
  GEMEL_CHECK(width == 0 || row.size() == width);
  width = row.size();
  features.insert(features.end(), row.begin(), row.end());
  targets.push_back(target);
}

Result<inference::TreeEnsemble> fit_boosted_trees(const Examples& examples,
                                                  const BoostingOptions& options,
                                                  std::stop_token stop) {
  if (examples.rows() == 0)
    return Error{ErrorCode::InvalidInput, "there are no examples to learn from"};
  GEMEL_ASSIGN(auto matrix, Matrix::of(examples.features, examples.width));
  GEMEL_TRY(matrix.set("label", examples.targets));
  if (!examples.weights.empty()) GEMEL_TRY(matrix.set("weight", examples.weights));
  GEMEL_ASSIGN(const auto booster, Booster::of(matrix));
  const auto text = [](double value) { return std::to_string(value); };
  const float start = start_of(examples, options.quantile);
  if (options.log_odds && !(start > 0.0F && start < 1.0F))
    return Error{ErrorCode::InvalidInput, "the examples are all of one kind"};
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, std::string>>{
           {"objective", options.log_odds ? "binary:logistic" : "reg:squarederror"},
           {"tree_method", "hist"},
           {"base_score", text(start)},
           {"max_depth", std::to_string(options.depth)},
           {"eta", text(options.rate)},
           {"subsample", text(options.rows_share)},
           {"colsample_bytree", text(options.features_share)},
           {"min_child_weight", text(options.child_weight_least)},
           {"lambda", text(options.ridge)},
           {"nthread", std::to_string(options.threads)},
           {"seed", std::to_string(options.seed)},
           {"verbosity", "0"}}) {
    GEMEL_TRY(booster.set(name, value));
  }
  std::vector<float> slopes(examples.rows()), curvatures(examples.rows(), 1.0F);
  for (std::size_t round = 0; round < options.rounds; ++round) {
    if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "the training was stopped"};
    if (!options.quantile) {
      GEMEL_TRY(check(
          XGBoosterUpdateOneIter(booster.handle(), static_cast<int>(round), matrix.handle())));
      continue;
    }
    GEMEL_ASSIGN(const auto now, booster.margins(matrix));
    const auto q = static_cast<float>(*options.quantile);
    for (std::size_t i = 0; i < slopes.size(); ++i) {
      const float weight = examples.weights.empty() ? 1.0F : examples.weights[i];
      slopes[i] = weight * (examples.targets[i] > now[i] ? -q : 1.0F - q);
      curvatures[i] = weight;
    }
    GEMEL_TRY(check(XGBoosterBoostOneIter(booster.handle(), matrix.handle(), slopes.data(),
                                          curvatures.data(), slopes.size())));
  }
  const float margin = options.log_odds ? std::log(start / (1.0F - start)) : start;
  return trees_of(booster, examples.width, margin);
}

}  // namespace gemel::learning
