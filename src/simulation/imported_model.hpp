#pragma once
// Models of other tools as a simulator runs them: an FMU, or a system of FMUs.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "fmu/fmu.hpp"
#include "fmu/instance.hpp"

namespace gemel::simulation {

/// Immutable. Threads: any.
class ImportedModel {
 public:
  /// A single number of the model. Units: its variable's, as `description` defines them.
  struct Quantity {
    std::string name;  // "u"; in a system "drive.motor.load", or as the system's connector
    const fmu::Variable* variable = nullptr;
    const fmu::ModelDescription* description = nullptr;
    bool may_be_set = false;  // before the start, and nothing within the model gives it
    bool is_shown = false;    // an output
    double start = 0.0;       // when nothing is told
  };
  /// Of an input, at Experiment::turns_s; straight lines between where it is continuous.
  struct Course {
    const Quantity* input = nullptr;
    std::vector<double> values;
  };
  struct Experiment {
    double horizon_s = 0.0, output_s = 0.0;
    double step_s = 0.0;  // between communication points; 0: as the model proposes
    bool own_process = false;
    std::optional<fmu::Interface> interface;  // of an FMU
    std::vector<std::pair<const Quantity*, double>> start;
    std::vector<std::pair<std::size_t, double>> states;  // of an FMU in model exchange, by place
    std::vector<double> turns_s;                         // the first one is 0
    std::vector<Course> courses;
    std::vector<const Quantity*> outputs;
  };

  virtual ~ImportedModel() = default;

  const std::vector<Quantity>& quantities() const { return quantities_; }
  /// Errors: NotFound, with the nearest name; InvalidInput for what is no single number.
  virtual Result<const Quantity*> find(const std::string& name) const = 0;
  virtual const std::string& name() const = 0;
  virtual std::string version() const = 0;
  /// "Oven of FMI 2.0, made by …".
  virtual std::string summary() const = 0;
  /// An FMU allows one instance a process.
  virtual bool one_at_a_time() const = 0;
  /// Null: a system.
  virtual std::shared_ptr<const fmu::Fmu> single() const { return nullptr; }

  /// Rows at 0, `output_s`, … and `horizon_s`. Shapes: [row][output]. Errors: those of the FMUs,
  /// with the time; Unavailable where one ends by itself.
  virtual Result<std::vector<double>> run(const Experiment& experiment) const = 0;

 protected:
  std::vector<Quantity> quantities_;
};

/// Errors: those of Fmu::load.
Result<std::shared_ptr<const ImportedModel>> open_fmu(const std::filesystem::path& file);
/// An .ssp, or an .ssd beside its FMUs. Errors: those of ssp::load and ssp::couple.
Result<std::shared_ptr<const ImportedModel>> open_system(const std::filesystem::path& file);

namespace detail {
/// The courses as fmu::InputTable reads them, from `start_s` on.
std::string table_of(const ImportedModel::Experiment& experiment, double start_s);
/// An experiment that ended before its horizon.
Error ended_early(const std::string& model, double after_s);
}  // namespace detail

}  // namespace gemel::simulation
