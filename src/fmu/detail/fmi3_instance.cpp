// An instance of an FMU of FMI 3.0 in this process.

#include "fmu/detail/local_instance.hpp"

namespace gemel::fmu::detail {
namespace {

using namespace fmi3;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

class Fmi3Instance final : public LocalInstance {
 public:
  Fmi3Instance(std::shared_ptr<const Fmu> fmu, const Library& library, InstanceOptions options)
      : LocalInstance(std::move(fmu), std::move(options)), f_(library.fmi3) {}

  ~Fmi3Instance() override {
    if (handle_ != nullptr && !dead()) f_.FreeInstance(handle_);
  }

  Result<void> instantiate() {
    const auto resources = fmu_->resources().string() + "/";
    const bool there = std::filesystem::exists(fmu_->resources());
    const char* path = there ? resources.c_str() : nullptr;
    const char* name = options().name.c_str();
    const char* token = description().token.c_str();
    if (options().kind == Interface::CoSimulation) {
      handle_ = f_.InstantiateCoSimulation(
          name, token, path, false, options().logging, event_mode(),
          options().early_return && capabilities().early_return, nullptr, 0, this, take_message,
          capabilities().intermediate_update ? take_update : nullptr);
    } else {
      handle_ = f_.InstantiateModelExchange(name, token, path, false, options().logging, this,
                                            take_message);
    }
    if (handle_ == nullptr) {
      return refusal(kError, options().kind == Interface::CoSimulation
                                 ? "fmi3InstantiateCoSimulation"
                                 : "fmi3InstantiateModelExchange");
    }
    return {};
  }

  Result<void> get_numbers(Type type, std::span<const ValueReference> references,
                           std::span<double> values) override {
    if (type == Type::Float64 && f_.GetFloat64 != nullptr) [[likely]] {
      return judge(f_.GetFloat64(handle_, references.data(), references.size(), values.data(),
                                 values.size()),
                   "fmi3GetFloat64");
    }
    switch (type) {
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage)
#define GEMEL_FMI3_GET(name, type_name) \
  case Type::name:                      \
    return get_as<type_name>(f_.Get##name, "fmi3Get" #name, references, values);
      GEMEL_FMI3_PLAIN_TYPES(GEMEL_FMI3_GET)
#undef GEMEL_FMI3_GET
      case Type::Enumeration:
        return get_as<std::int64_t>(f_.GetInt64, "fmi3GetInt64", references, values);
      case Type::Clock: {
        if (f_.GetClock == nullptr) return missing("fmi3GetClock");
        bool* ticks = scratch<bool>(values.size());
        GEMEL_TRY(judge(f_.GetClock(handle_, references.data(), references.size(), ticks),
                        "fmi3GetClock"));
        widen(ticks, values);
        return {};
      }
      default:
        return no_number(type);
    }
  }

  Result<void> set_numbers(Type type, std::span<const ValueReference> references,
                           std::span<const double> values) override {
    if (type == Type::Float64 && f_.SetFloat64 != nullptr) [[likely]] {
      return judge(f_.SetFloat64(handle_, references.data(), references.size(), values.data(),
                                 values.size()),
                   "fmi3SetFloat64");
    }
    switch (type) {
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage)
#define GEMEL_FMI3_SET(name, type_name) \
  case Type::name:                      \
    return set_as<type_name>(f_.Set##name, "fmi3Set" #name, type, references, values);
      GEMEL_FMI3_PLAIN_TYPES(GEMEL_FMI3_SET)
#undef GEMEL_FMI3_SET
      case Type::Enumeration:
        return set_as<std::int64_t>(f_.SetInt64, "fmi3SetInt64", type, references, values);
      case Type::Clock: {
        if (f_.SetClock == nullptr) return missing("fmi3SetClock");
        GEMEL_ASSIGN(const bool* ticks, narrowed<bool>(type, values));
        return judge(f_.SetClock(handle_, references.data(), references.size(), ticks),
                     "fmi3SetClock");
      }
      default:
        return no_number(type);
    }
  }

  Result<std::vector<std::string>> get_texts(Type type, std::span<const ValueReference> references,
                                             std::size_t count) override {
    std::vector<std::string> texts;
    if (type == Type::Binary) {
      if (f_.GetBinary == nullptr) return missing("fmi3GetBinary");
      std::vector<Size> sizes(count, 0);
      std::vector<Bytes> bytes(count, nullptr);
      GEMEL_TRY(judge(f_.GetBinary(handle_, references.data(), references.size(), sizes.data(),
                                   bytes.data(), count),
                      "fmi3GetBinary"));
      for (std::size_t i = 0; i < count; ++i) {
        texts.emplace_back(reinterpret_cast<const char*>(bytes[i]),
                           bytes[i] == nullptr ? 0 : sizes[i]);
      }
      return texts;
    }
    if (f_.GetString == nullptr) return missing("fmi3GetString");
    std::vector<const char*> values(count, nullptr);
    GEMEL_TRY(
        judge(f_.GetString(handle_, references.data(), references.size(), values.data(), count),
              "fmi3GetString"));
    for (const char* value : values) texts.emplace_back(value ? value : "");
    return texts;
  }

  Result<void> set_texts(Type type, std::span<const ValueReference> references,
                         std::span<const std::string> values) override {
    if (type == Type::Binary) {
      if (f_.SetBinary == nullptr) return missing("fmi3SetBinary");
      std::vector<Size> sizes;
      std::vector<Bytes> bytes;
      for (const auto& value : values) {
        sizes.push_back(value.size());
        bytes.push_back(reinterpret_cast<Bytes>(value.data()));
      }
      return judge(f_.SetBinary(handle_, references.data(), references.size(), sizes.data(),
                                bytes.data(), values.size()),
                   "fmi3SetBinary");
    }
    if (f_.SetString == nullptr) return missing("fmi3SetString");
    std::vector<const char*> texts;
    for (const auto& value : values) texts.push_back(value.c_str());
    return judge(
        f_.SetString(handle_, references.data(), references.size(), texts.data(), texts.size()),
        "fmi3SetString");
  }

  Result<void> enter_initialisation(const Experiment& experiment) override {
    return judge(
        f_.EnterInitializationMode(handle_, experiment.tolerance.has_value(),
                                   experiment.tolerance.value_or(0.0), experiment.start_s,
                                   experiment.stop_s.has_value(), experiment.stop_s.value_or(0.0)),
        "fmi3EnterInitializationMode");
  }
  Result<void> exit_initialisation() override {
    return judge(f_.ExitInitializationMode(handle_), "fmi3ExitInitializationMode");
  }
  Result<void> terminate() override { return judge(f_.Terminate(handle_), "fmi3Terminate"); }
  Result<void> reset() override { return judge(f_.Reset(handle_), "fmi3Reset"); }

  Result<StepOutcome> do_step(double time_s, double step_s) override {
    StepOutcome outcome{time_s + step_s};
    bool early = false;
    double reached = outcome.reached_s;
    GEMEL_TRY(judge(f_.DoStep(handle_, time_s, step_s, !saved_once_, &outcome.event,
                              &outcome.terminate, &early, &reached),
                    "fmi3DoStep"));
    // Some FMUs fill in the time only when they come back early.
    if (early) outcome.reached_s = reached;
    return outcome;
  }
  Result<void> enter_step_mode() override {
    if (f_.EnterStepMode == nullptr) return missing("fmi3EnterStepMode");
    return judge(f_.EnterStepMode(handle_), "fmi3EnterStepMode");
  }
  Result<void> on_intermediate_update(
      std::function<void(const IntermediateUpdate&)> listener) override {
    if (!capabilities().intermediate_update) return missing("for intermediate updates");
    listener_ = std::move(listener);
    return {};
  }

  Result<void> enter_event_mode() override {
    if (f_.EnterEventMode == nullptr) return missing("fmi3EnterEventMode");
    return judge(f_.EnterEventMode(handle_), "fmi3EnterEventMode");
  }
  Result<EventOutcome> update_discrete_states() override {
    if (f_.UpdateDiscreteStates == nullptr) return missing("fmi3UpdateDiscreteStates");
    EventOutcome outcome;
    bool defined = false;
    double next = 0.0;
    GEMEL_TRY(judge(f_.UpdateDiscreteStates(handle_, &outcome.again, &outcome.terminate,
                                            &outcome.nominals_changed, &outcome.states_changed,
                                            &defined, &next),
                    "fmi3UpdateDiscreteStates"));
    if (defined) outcome.next_event_s = next;
    return outcome;
  }

  Result<void> enter_continuous_time_mode() override {
    return judge(f_.EnterContinuousTimeMode(handle_), "fmi3EnterContinuousTimeMode");
  }
  Result<void> set_time(double time_s) override {
    return judge(f_.SetTime(handle_, time_s), "fmi3SetTime");
  }
  Result<std::size_t> count_states() override {
    Size count = 0;
    GEMEL_TRY(
        judge(f_.GetNumberOfContinuousStates(handle_, &count), "fmi3GetNumberOfContinuousStates"));
    return count;
  }
  Result<std::size_t> count_event_indicators() override {
    Size count = 0;
    GEMEL_TRY(
        judge(f_.GetNumberOfEventIndicators(handle_, &count), "fmi3GetNumberOfEventIndicators"));
    return count;
  }
  Result<void> get_states(std::span<double> states) override {
    return judge(f_.GetContinuousStates(handle_, states.data(), states.size()),
                 "fmi3GetContinuousStates");
  }
  Result<void> set_states(std::span<const double> states) override {
    return judge(f_.SetContinuousStates(handle_, states.data(), states.size()),
                 "fmi3SetContinuousStates");
  }
  Result<void> get_nominals(std::span<double> nominals) override {
    return judge(f_.GetNominalsOfContinuousStates(handle_, nominals.data(), nominals.size()),
                 "fmi3GetNominalsOfContinuousStates");
  }
  Result<void> get_derivatives(std::span<double> derivatives) override {
    return judge(f_.GetContinuousStateDerivatives(handle_, derivatives.data(), derivatives.size()),
                 "fmi3GetContinuousStateDerivatives");
  }
  Result<void> get_event_indicators(std::span<double> indicators) override {
    return judge(f_.GetEventIndicators(handle_, indicators.data(), indicators.size()),
                 "fmi3GetEventIndicators");
  }
  Result<CompletedStep> completed_step() override {
    CompletedStep completed;
    GEMEL_TRY(judge(
        f_.CompletedIntegratorStep(handle_, !saved_once_, &completed.event, &completed.terminate),
        "fmi3CompletedIntegratorStep"));
    return completed;
  }

  Result<ClockAnswer> get_clock_interval(ValueReference clock) override {
    if (f_.GetIntervalDecimal == nullptr) return missing("fmi3GetIntervalDecimal");
    ClockAnswer answer;
    IntervalQualifier known = kNotYetKnown;
    GEMEL_TRY(judge(f_.GetIntervalDecimal(handle_, &clock, 1, &answer.interval_s, &known),
                    "fmi3GetIntervalDecimal"));
    answer.known = known == kChanged     ? ClockAnswer::Known::Changed
                   : known == kUnchanged ? ClockAnswer::Known::Unchanged
                                         : ClockAnswer::Known::NotYet;
    return answer;
  }
  Result<double> get_clock_shift(ValueReference clock) override {
    if (f_.GetShiftDecimal == nullptr) return missing("fmi3GetShiftDecimal");
    double shift = 0.0;
    GEMEL_TRY(judge(f_.GetShiftDecimal(handle_, &clock, 1, &shift), "fmi3GetShiftDecimal"));
    return shift;
  }

  Result<void> directional_derivative(std::span<const ValueReference> unknowns,
                                      std::span<const ValueReference> knowns,
                                      std::span<const double> seed,
                                      std::span<double> sensitivity) override {
    if (!capabilities().directional_derivatives || f_.GetDirectionalDerivative == nullptr)
      return missing("fmi3GetDirectionalDerivative");
    return judge(f_.GetDirectionalDerivative(handle_, unknowns.data(), unknowns.size(),
                                             knowns.data(), knowns.size(), seed.data(), seed.size(),
                                             sensitivity.data(), sensitivity.size()),
                 "fmi3GetDirectionalDerivative");
  }

 protected:
  Result<void> save_handle(void*& handle) override {
    if (f_.GetFMUState == nullptr || f_.SetFMUState == nullptr || f_.FreeFMUState == nullptr)
      return missing("fmi3GetFMUState, fmi3SetFMUState or fmi3FreeFMUState");
    saved_once_ = true;
    return judge(f_.GetFMUState(handle_, &handle), "fmi3GetFMUState");
  }
  Result<void> restore_handle(void* handle) override {
    return judge(f_.SetFMUState(handle_, handle), "fmi3SetFMUState");
  }
  Result<std::string> serialise_handle(void* handle) override {
    if (f_.SerializedFMUStateSize == nullptr || f_.SerializeFMUState == nullptr)
      return missing("fmi3SerializeFMUState");
    Size size = 0;
    GEMEL_TRY(
        judge(f_.SerializedFMUStateSize(handle_, handle, &size), "fmi3SerializedFMUStateSize"));
    std::string bytes(size, '\0');
    GEMEL_TRY(judge(
        f_.SerializeFMUState(handle_, handle, reinterpret_cast<std::uint8_t*>(bytes.data()), size),
        "fmi3SerializeFMUState"));
    return bytes;
  }
  Result<void> deserialise_handle(std::string_view bytes, void*& handle) override {
    if (f_.DeserializeFMUState == nullptr) return missing("fmi3DeserializeFMUState");
    saved_once_ = true;
    return judge(f_.DeserializeFMUState(handle_, reinterpret_cast<Bytes>(bytes.data()),
                                        bytes.size(), &handle),
                 "fmi3DeserializeFMUState");
  }
  void free_handle(void* handle) override {
    if (!dead()) (void)f_.FreeFMUState(handle_, &handle);
  }

 private:
  bool event_mode() const {
    return options().kind == Interface::CoSimulation && options().event_mode &&
           capabilities().event_mode;
  }

  static void take_message(void* environment, Status status, const char* category,
                           const char* message) {
    if (environment != nullptr && message != nullptr)
      static_cast<Fmi3Instance*>(environment)->log(status, category, message);
  }
  static void take_update(void* environment, double time, bool set_requested, bool get_requested,
                          bool step_finished, bool can_return_early, bool* return_requested,
                          double* return_time) {
    if (return_requested != nullptr) *return_requested = false;
    if (return_time != nullptr) *return_time = time;
    const auto& listener = static_cast<Fmi3Instance*>(environment)->listener_;
    if (listener) listener({time, set_requested, get_requested, step_finished, can_return_early});
  }

  template <class T, class Get>
  Result<void> get_as(Get get, const char* name, std::span<const ValueReference> references,
                      std::span<double> values) {
    if (get == nullptr) return missing(name);
    T* own = scratch<T>(values.size());
    GEMEL_TRY(judge(get(handle_, references.data(), references.size(), own, values.size()), name));
    widen(own, values);
    return {};
  }
  template <class T, class Set>
  Result<void> set_as(Set set, const char* name, Type type,
                      std::span<const ValueReference> references, std::span<const double> values) {
    if (set == nullptr) return missing(name);
    GEMEL_ASSIGN(const T* own, narrowed<T>(type, values));
    return judge(set(handle_, references.data(), references.size(), own, values.size()), name);
  }
  static Error no_number(Type type) {
    return {ErrorCode::InvalidInput, std::string(to_string(type)) + " is no number"};
  }

  const fmi3::Functions& f_;
  Handle handle_ = nullptr;
  std::function<void(const IntermediateUpdate&)> listener_;
};

}  // namespace

Result<std::unique_ptr<Instance>> make_fmi3(std::shared_ptr<const Fmu> fmu, const Library& library,
                                            const InstanceOptions& options) {
  auto instance = std::make_unique<Fmi3Instance>(std::move(fmu), library, options);
  GEMEL_TRY(instance->instantiate());
  return std::unique_ptr<Instance>(std::move(instance));
}

}  // namespace gemel::fmu::detail
