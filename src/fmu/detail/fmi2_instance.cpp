// An instance of an FMU of FMI 2.0 in this process.

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "fmu/detail/local_instance.hpp"

namespace gemel::fmu::detail {
namespace {

using namespace fmi2;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

/// Called with what printf takes. "#r123#" stays as it is: a reference, not a name.
void take_message(void* environment, const char* /*instance*/, Status status, const char* category,
                  const char* message, ...) {
  if (environment == nullptr || message == nullptr) return;
  char text[2048];
  va_list arguments;
  va_start(arguments, message);
  (void)std::vsnprintf(text, sizeof text, message, arguments);
  va_end(arguments);
  static_cast<LocalInstance*>(environment)->log(status, category, text);
}

class Fmi2Instance final : public LocalInstance {
 public:
  Fmi2Instance(std::shared_ptr<const Fmu> fmu, const Library& library, InstanceOptions options)
      : LocalInstance(std::move(fmu), std::move(options)), f_(library.fmi2) {}

  ~Fmi2Instance() override {
    if (component_ != nullptr && !dead()) f_.FreeInstance(component_);
  }

  Result<void> instantiate() {
    const auto resources = "file://" + fmu_->resources().string();
    component_ = f_.Instantiate(
        options().name.c_str(),
        options().kind == Interface::CoSimulation ? kCoSimulation : kModelExchange,
        description().token.c_str(), resources.c_str(), &callbacks_, 0, options().logging ? 1 : 0);
    if (component_ == nullptr) return refusal(kError, "fmi2Instantiate");
    return {};
  }

  Result<void> get_numbers(Type type, std::span<const ValueReference> references,
                           std::span<double> values) override {
    if (type == Type::Float64) [[likely]] {
      return judge(f_.GetReal(component_, references.data(), references.size(), values.data()),
                   "fmi2GetReal");
    }
    int* whole = scratch<int>(values.size());
    if (type == Type::Boolean) {
      GEMEL_TRY(judge(f_.GetBoolean(component_, references.data(), references.size(), whole),
                      "fmi2GetBoolean"));
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = whole[i] != 0 ? 1.0 : 0.0;
      return {};
    }
    GEMEL_TRY(judge(f_.GetInteger(component_, references.data(), references.size(), whole),
                    "fmi2GetInteger"));
    widen(whole, values);
    return {};
  }

  Result<void> set_numbers(Type type, std::span<const ValueReference> references,
                           std::span<const double> values) override {
    if (type == Type::Float64) [[likely]] {
      return judge(f_.SetReal(component_, references.data(), references.size(), values.data()),
                   "fmi2SetReal");
    }
    GEMEL_ASSIGN(const int* whole, narrowed<int>(type, values));
    if (type == Type::Boolean) {
      return judge(f_.SetBoolean(component_, references.data(), references.size(), whole),
                   "fmi2SetBoolean");
    }
    return judge(f_.SetInteger(component_, references.data(), references.size(), whole),
                 "fmi2SetInteger");
  }

  Result<std::vector<std::string>> get_texts(Type /*type*/,
                                             std::span<const ValueReference> references,
                                             std::size_t /*values*/) override {
    std::vector<const char*> texts(references.size(), nullptr);
    GEMEL_TRY(judge(f_.GetString(component_, references.data(), references.size(), texts.data()),
                    "fmi2GetString"));
    std::vector<std::string> copies;
    for (const char* text : texts) copies.emplace_back(text ? text : "");
    return copies;
  }

  Result<void> set_texts(Type /*type*/, std::span<const ValueReference> references,
                         std::span<const std::string> values) override {
    std::vector<const char*> texts;
    for (const auto& value : values) texts.push_back(value.c_str());
    return judge(f_.SetString(component_, references.data(), references.size(), texts.data()),
                 "fmi2SetString");
  }

  Result<void> enter_initialisation(const Experiment& experiment) override {
    GEMEL_TRY(judge(f_.SetupExperiment(component_, experiment.tolerance ? 1 : 0,
                                       experiment.tolerance.value_or(0.0), experiment.start_s,
                                       experiment.stop_s ? 1 : 0, experiment.stop_s.value_or(0.0)),
                    "fmi2SetupExperiment"));
    return judge(f_.EnterInitializationMode(component_), "fmi2EnterInitializationMode");
  }
  Result<void> exit_initialisation() override {
    return judge(f_.ExitInitializationMode(component_), "fmi2ExitInitializationMode");
  }
  Result<void> terminate() override { return judge(f_.Terminate(component_), "fmi2Terminate"); }
  Result<void> reset() override { return judge(f_.Reset(component_), "fmi2Reset"); }

  Result<StepOutcome> do_step(double time_s, double step_s) override {
    // Always "no going back", also where a saved state may be restored: some FMUs take false for
    // FMI 1.0's newStep and repeat the step before instead of taking this one, without a word. To
    // others it means no more than that results may be written out. Restoring a state of this very
    // communication point is allowed in any case.
    auto status = f_.DoStep(component_, time_s, step_s, 1);
    if (status == kPending) status = wait();
    if (status == kDiscard) return shorter_step();
    GEMEL_TRY(judge(status, "fmi2DoStep"));
    return StepOutcome{time_s + step_s};
  }
  Result<void> enter_step_mode() override { return {}; }
  Result<void> on_intermediate_update(
      std::function<void(const IntermediateUpdate&)> /*listener*/) override {
    return {ErrorCode::Unsupported, "FMI 2.0 has no intermediate updates"};
  }

  Result<void> enter_event_mode() override {
    return judge(f_.EnterEventMode(component_), "fmi2EnterEventMode");
  }
  Result<EventOutcome> update_discrete_states() override {
    EventInfo info{};
    GEMEL_TRY(judge(f_.NewDiscreteStates(component_, &info), "fmi2NewDiscreteStates"));
    EventOutcome outcome{info.new_discrete_states_needed != 0,
                         info.terminate_simulation != 0,
                         info.nominals_changed != 0,
                         info.values_changed != 0,
                         {}};
    if (info.next_event_time_defined != 0) outcome.next_event_s = info.next_event_time;
    return outcome;
  }

  Result<void> enter_continuous_time_mode() override {
    return judge(f_.EnterContinuousTimeMode(component_), "fmi2EnterContinuousTimeMode");
  }
  Result<void> set_time(double time_s) override {
    return judge(f_.SetTime(component_, time_s), "fmi2SetTime");
  }
  Result<std::size_t> count_states() override { return description().structure.derivatives.size(); }
  Result<std::size_t> count_event_indicators() override {
    return description().structure.event_indicator_count;
  }
  Result<void> get_states(std::span<double> states) override {
    return judge(f_.GetContinuousStates(component_, states.data(), states.size()),
                 "fmi2GetContinuousStates");
  }
  Result<void> set_states(std::span<const double> states) override {
    return judge(f_.SetContinuousStates(component_, states.data(), states.size()),
                 "fmi2SetContinuousStates");
  }
  Result<void> get_nominals(std::span<double> nominals) override {
    return judge(f_.GetNominalsOfContinuousStates(component_, nominals.data(), nominals.size()),
                 "fmi2GetNominalsOfContinuousStates");
  }
  Result<void> get_derivatives(std::span<double> derivatives) override {
    return judge(f_.GetDerivatives(component_, derivatives.data(), derivatives.size()),
                 "fmi2GetDerivatives");
  }
  Result<void> get_event_indicators(std::span<double> indicators) override {
    return judge(f_.GetEventIndicators(component_, indicators.data(), indicators.size()),
                 "fmi2GetEventIndicators");
  }
  Result<CompletedStep> completed_step() override {
    Boolean event = 0, terminate = 0;
    GEMEL_TRY(judge(f_.CompletedIntegratorStep(component_, saved_once_ ? 0 : 1, &event, &terminate),
                    "fmi2CompletedIntegratorStep"));
    return CompletedStep{event != 0, terminate != 0};
  }

  Result<ClockAnswer> get_clock_interval(ValueReference /*clock*/) override { return no_clocks(); }
  Result<double> get_clock_shift(ValueReference /*clock*/) override { return no_clocks(); }

  Result<void> directional_derivative(std::span<const ValueReference> unknowns,
                                      std::span<const ValueReference> knowns,
                                      std::span<const double> seed,
                                      std::span<double> sensitivity) override {
    if (!capabilities().directional_derivatives || f_.GetDirectionalDerivative == nullptr)
      return missing("fmi2GetDirectionalDerivative");
    return judge(
        f_.GetDirectionalDerivative(component_, unknowns.data(), unknowns.size(), knowns.data(),
                                    knowns.size(), seed.data(), sensitivity.data()),
        "fmi2GetDirectionalDerivative");
  }

 protected:
  Result<void> save_handle(void*& handle) override {
    if (f_.GetFMUstate == nullptr || f_.SetFMUstate == nullptr || f_.FreeFMUstate == nullptr)
      return missing("fmi2GetFMUstate, fmi2SetFMUstate or fmi2FreeFMUstate");
    saved_once_ = true;
    return judge(f_.GetFMUstate(component_, &handle), "fmi2GetFMUstate");
  }
  Result<void> restore_handle(void* handle) override {
    return judge(f_.SetFMUstate(component_, handle), "fmi2SetFMUstate");
  }
  Result<std::string> serialise_handle(void* handle) override {
    if (f_.SerializedFMUstateSize == nullptr || f_.SerializeFMUstate == nullptr)
      return missing("fmi2SerializeFMUstate");
    std::size_t size = 0;
    GEMEL_TRY(
        judge(f_.SerializedFMUstateSize(component_, handle, &size), "fmi2SerializedFMUstateSize"));
    std::string bytes(size, '\0');
    GEMEL_TRY(judge(f_.SerializeFMUstate(component_, handle, bytes.data(), size),
                    "fmi2SerializeFMUstate"));
    return bytes;
  }
  Result<void> deserialise_handle(std::string_view bytes, void*& handle) override {
    if (f_.DeSerializeFMUstate == nullptr) return missing("fmi2DeSerializeFMUstate");
    saved_once_ = true;
    return judge(f_.DeSerializeFMUstate(component_, bytes.data(), bytes.size(), &handle),
                 "fmi2DeSerializeFMUstate");
  }
  void free_handle(void* handle) override {
    if (!dead()) (void)f_.FreeFMUstate(component_, &handle);
  }

 private:
  static Error no_clocks() { return {ErrorCode::Unsupported, "FMI 2.0 has no clocks"}; }

  /// An FMU that steps on a thread of its own is asked until it is done.
  Status wait() {
    Status status = kPending;
    while (status == kPending && f_.GetStatus != nullptr) {
      const std::timespec pause{0, 100'000};
      (void)::nanosleep(&pause, nullptr);
      if (f_.GetStatus(component_, kDoStepStatus, &status) > kWarning) return kError;
    }
    return status;
  }

  /// A discarded step went as far as the FMU says, if it can say so.
  Result<StepOutcome> shorter_step() {
    StepOutcome outcome;
    Boolean terminated = 0;
    if (f_.GetRealStatus == nullptr || f_.GetBooleanStatus == nullptr ||
        f_.GetBooleanStatus(component_, kTerminated, &terminated) > kWarning ||
        f_.GetRealStatus(component_, kLastSuccessfulTime, &outcome.reached_s) > kWarning)
      return refusal(kDiscard, "fmi2DoStep");
    outcome.terminate = terminated != 0;
    return outcome;
  }

  const fmi2::Functions& f_;
  Component component_ = nullptr;
  const Callbacks callbacks_{take_message, std::calloc, std::free, nullptr, this};
};

}  // namespace

Result<std::unique_ptr<Instance>> make_fmi2(std::shared_ptr<const Fmu> fmu, const Library& library,
                                            const InstanceOptions& options) {
  auto instance = std::make_unique<Fmi2Instance>(std::move(fmu), library, options);
  GEMEL_TRY(instance->instantiate());
  return std::unique_ptr<Instance>(std::move(instance));
}

}  // namespace gemel::fmu::detail
