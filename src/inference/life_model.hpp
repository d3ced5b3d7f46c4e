#pragma once
// What was learnt from runs to failure: from a life so far to a distribution of what is left of it.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "inference/life_features.hpp"
#include "inference/life_method.hpp"

namespace gemel::inference {

/// A life so far, a row a step. Shapes: settings = rows x settings, sensors = rows x sensors of the
/// model.
struct LifeRun {
  std::vector<double> settings, sensors;
  bool failed = true;  // with its last row; otherwise it was still alive then
};

/// What is left, in steps.
struct LifeLeft {
  double mean = 0.0;
  std::vector<double> values;  // of the distribution, sorted; all as likely

  /// The shortest interval that holds so large a share.
  std::pair<double, double> shortest(double share) const;
  double ends_before(double steps) const;
  double median() const;
};

struct LifeModelShape {
  std::vector<std::string> settings;  // names of the signals that say how it is operated
  std::vector<std::string> sensors;   // names of the others
  Duration step;                      // a row's length; 0: cycles, which have none
  double cap = 125.0;                 // steps; what is further away reads as this
};

/// A prediction of a run that was not learnt from, and what was true.
struct HeldOut {
  double predicted = 0.0, truth = 0.0;
  double level = 0.5;  // share of the method's distribution below the truth; where it has one
};

/// Standardised sensors by kind of operation, and a method (life_method.hpp) for what is left. Of a
/// method that tells the mean alone, the distribution is that of the residuals of held-out runs
/// that were predicted alike; of one with a distribution of its own, its quantiles at the levels at
/// which those runs' truths lay in theirs. Source: Papadopoulos et al., ECML 2002 (split conformal
/// regression); Vovk et al., Machine Learning 2019 (conformal predictive distributions); here with
/// the nearest eighth of the held-out cases, which follow how sure one can be along a life.
/// Immutable. Threads: any.
class LifeModel {
 public:
  static constexpr std::size_t kRowsLeast = 15;  // that a run must have

  /// Held-out cases must not be empty.
  LifeModel(LifeModelShape shape, OperatingConditions conditions,
            std::shared_ptr<const LifeMethod> method, std::vector<HeldOut> held_out,
            std::string about);

  const LifeModelShape& shape() const { return shape_; }
  /// For people: what it was learnt from, how good it is on what it was not.
  const std::string& about() const { return about_; }
  std::string version() const;

  const LifeMethod& method() const { return *method_; }
  /// Shapes: as many rows as the run, times conditions.telling().
  static std::vector<double> standardised(const OperatingConditions& conditions,
                                          const LifeModelShape& shape, const LifeRun& run);

  /// Of a run of at least kRowsLeast rows.
  LifeLeft predict(const LifeRun& run) const;

  /// See docs/formats/life_model.md.
  std::string encode() const;
  /// Errors: Corruption, Unsupported (a newer version), naming `name`.
  static Result<LifeModel> decode(std::string_view bytes, const std::string& name);

 private:
  LifeModelShape shape_;
  OperatingConditions conditions_;
  std::shared_ptr<const LifeMethod> method_;
  std::vector<HeldOut> held_out_;  // by prediction
  std::string about_;
};

/// Errors: NotFound, those of decode().
Result<std::shared_ptr<const LifeModel>> load_life_model(const std::string& path);
/// Written beside and renamed: never half a model. Errors: Unavailable, with the reason.
Result<void> save_life_model(const LifeModel& model, const std::string& path);

}  // namespace gemel::inference
