// The keeper's side of an instance in a process of its own.

#include "fmu/detail/child_process.hpp"
#include "fmu/detail/local_instance.hpp"
#include "fmu/detail/wire.hpp"

namespace gemel::fmu::detail {
namespace {

class RemoteInstance final : public Instance {
 public:
  RemoteInstance(std::shared_ptr<const Fmu> fmu, const InstanceOptions& options,
                 std::unique_ptr<ChildProcess> child)
      : Instance(fmu->description(), options), fmu_(std::move(fmu)), child_(std::move(child)) {}

  Result<void> get_numbers(Type type, std::span<const ValueReference> references,
                           std::span<double> values) override {
    return numbers(values, "getting values", Call::GetNumbers, type, references);
  }
  Result<void> set_numbers(Type type, std::span<const ValueReference> references,
                           std::span<const double> values) override {
    return ask<void>("setting values", Call::SetNumbers, type, references, values);
  }
  Result<std::vector<std::string>> get_texts(Type type, std::span<const ValueReference> references,
                                             std::size_t values) override {
    ByteWriter out;
    begin(out, Call::GetTexts, type, references);
    out.varint(values);
    return answered<std::vector<std::string>>(child_->ask(out.bytes(), "getting texts"));
  }
  Result<void> set_texts(Type type, std::span<const ValueReference> references,
                         std::span<const std::string> values) override {
    return ask<void>("setting texts", Call::SetTexts, type, references, values);
  }

  Result<void> enter_initialisation(const Experiment& experiment) override {
    return ask<void>("initialisation", Call::EnterInitialisation, experiment);
  }
  Result<void> exit_initialisation() override {
    return ask<void>("initialisation", Call::ExitInitialisation);
  }
  Result<void> terminate() override { return ask<void>("terminating", Call::Terminate); }
  Result<void> reset() override { return ask<void>("resetting", Call::Reset); }
  Result<StepOutcome> do_step(double time_s, double step_s) override {
    return ask<StepOutcome>("a step", Call::DoStep, time_s, step_s);
  }
  Result<void> enter_step_mode() override {
    return ask<void>("entering step mode", Call::EnterStepMode);
  }
  Result<void> on_intermediate_update(
      std::function<void(const IntermediateUpdate&)> /*listener*/) override {
    return {ErrorCode::Unsupported, "an FMU in a process of its own gives no intermediate updates"};
  }
  Result<void> enter_event_mode() override {
    return ask<void>("entering event mode", Call::EnterEventMode);
  }
  Result<EventOutcome> update_discrete_states() override {
    return ask<EventOutcome>("updating discrete states", Call::UpdateDiscreteStates);
  }
  Result<void> enter_continuous_time_mode() override {
    return ask<void>("entering continuous-time mode", Call::EnterContinuousTimeMode);
  }
  Result<void> set_time(double time_s) override {
    return ask<void>("setting the time", Call::SetTime, time_s);
  }
  Result<std::size_t> count_states() override {
    return ask<std::size_t>("counting states", Call::CountStates);
  }
  Result<std::size_t> count_event_indicators() override {
    return ask<std::size_t>("counting event indicators", Call::CountEventIndicators);
  }
  Result<void> get_states(std::span<double> states) override {
    return numbers(states, "getting states", Call::GetStates);
  }
  Result<void> set_states(std::span<const double> states) override {
    return ask<void>("setting states", Call::SetStates, states);
  }
  Result<void> get_nominals(std::span<double> nominals) override {
    return numbers(nominals, "getting nominals", Call::GetNominals);
  }
  Result<void> get_derivatives(std::span<double> derivatives) override {
    return numbers(derivatives, "getting derivatives", Call::GetDerivatives);
  }
  Result<void> get_event_indicators(std::span<double> indicators) override {
    return numbers(indicators, "getting event indicators", Call::GetEventIndicators);
  }
  Result<CompletedStep> completed_step() override {
    return ask<CompletedStep>("completing a step", Call::CompletedStep);
  }
  Result<ClockAnswer> get_clock_interval(ValueReference clock) override {
    return ask<ClockAnswer>("asking a clock", Call::GetClockInterval, clock);
  }
  Result<double> get_clock_shift(ValueReference clock) override {
    return ask<double>("asking a clock", Call::GetClockShift, clock);
  }
  Result<void> directional_derivative(std::span<const ValueReference> unknowns,
                                      std::span<const ValueReference> knowns,
                                      std::span<const double> seed,
                                      std::span<double> sensitivity) override {
    return numbers(sensitivity, "getting derivatives", Call::DirectionalDerivative, unknowns,
                   knowns, seed);
  }
  std::vector<LogMessage> take_log() override {
    auto log = ask<std::vector<LogMessage>>("getting messages", Call::TakeLog);
    return log ? std::move(*log) : std::vector<LogMessage>{};
  }

 protected:
  // A handle is the number by which the child knows the state.
  static std::uint64_t number_of(void* handle) { return reinterpret_cast<std::uintptr_t>(handle); }
  static void* handle_of(std::uint64_t number) {
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(number));  // NOLINT: a number only
  }
  Result<void> save_handle(void*& handle) override {
    GEMEL_ASSIGN(const auto number,
                 ask<std::uint64_t>("saving the state", Call::Save, number_of(handle)));
    handle = handle_of(number);
    return {};
  }
  Result<void> restore_handle(void* handle) override {
    return ask<void>("restoring the state", Call::Restore, number_of(handle));
  }
  Result<std::string> serialise_handle(void* handle) override {
    return ask<std::string>("serialising the state", Call::Serialise, number_of(handle));
  }
  Result<void> deserialise_handle(std::string_view bytes, void*& handle) override {
    GEMEL_ASSIGN(const auto number, ask<std::uint64_t>("reading a state", Call::Deserialise,
                                                       number_of(handle), bytes));
    handle = handle_of(number);
    return {};
  }
  void free_handle(void* handle) override {
    (void)ask<void>("freeing a state", Call::FreeState, number_of(handle));
  }

 private:
  template <class... Arguments>
  static void begin(ByteWriter& out, Call call, const Arguments&... arguments) {
    out.fixed(static_cast<std::uint8_t>(call));
    (put(out, arguments), ...);
  }

  template <class Answer>
  static Result<Answer> answered(const Result<std::string>& bytes) {
    if (!bytes) return bytes.error();
    if constexpr (std::is_void_v<Answer>) {
      return {};
    } else {
      ByteReader in(*bytes);
      Answer answer{};
      take(in, answer);
      if (!in.ok()) return Error{ErrorCode::Internal, "the FMU's process answers nonsense"};
      return answer;
    }
  }

  template <class Answer, class... Arguments>
  Result<Answer> ask(const char* doing, Call call, const Arguments&... arguments) {
    ByteWriter out;
    begin(out, call, arguments...);
    return answered<Answer>(child_->ask(out.bytes(), doing));
  }

  template <class... Arguments>
  Result<void> numbers(std::span<double> values, const char* doing, Call call,
                       const Arguments&... arguments) {
    ByteWriter out;
    begin(out, call, arguments...);
    out.varint(values.size());
    GEMEL_ASSIGN(const auto given, answered<std::vector<double>>(child_->ask(out.bytes(), doing)));
    if (given.size() != values.size())
      return {ErrorCode::Internal, "the FMU's process answers nonsense"};
    std::copy(given.begin(), given.end(), values.begin());
    return {};
  }

  const std::shared_ptr<const Fmu> fmu_;  // keeps the folder with the library
  const std::unique_ptr<ChildProcess> child_;
};

}  // namespace

Result<std::unique_ptr<Instance>> make_remote(std::shared_ptr<const Fmu> fmu,
                                              const InstanceOptions& options) {
  GEMEL_ASSIGN(auto child, ChildProcess::start(fmu, options));
  GEMEL_TRY(child->listen("loading it"));
  return std::unique_ptr<Instance>(
      std::make_unique<RemoteInstance>(std::move(fmu), options, std::move(child)));
}

}  // namespace gemel::fmu::detail
