#pragma once
// One running copy of an FMU, whatever version of FMI it speaks and whichever process it runs in.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "fmu/description.hpp"

namespace gemel::fmu {

enum class Interface { CoSimulation, ModelExchange };
std::string_view to_string(Interface kind);

/// What is asked of an instance when it is made.
struct InstanceOptions {
  std::string name = "fmu";
  Interface kind = Interface::CoSimulation;
  bool logging = false;       // debug messages too, not only warnings and errors
  bool event_mode = false;    // co-simulation of FMI 3.0 with event mode, where it is offered
  bool early_return = false;  // co-simulation of FMI 3.0 may end a step before its time
  /// In a process of its own: a crash, an exit or a call that takes longer than `patience` is an
  /// error of this instance and nothing else.
  bool own_process = false;
  std::chrono::milliseconds patience{30'000};
};

struct Experiment {
  double start_s = 0.0;
  std::optional<double> stop_s;
  std::optional<double> tolerance;  // relative
};

/// What a step of co-simulation came to.
struct StepOutcome {
  double reached_s = 0.0;  // less than asked for after an early return
  bool event = false;      // FMI 3.0: event mode is to be entered
  bool terminate = false;  // the FMU wants the simulation to end
};

/// What an event came to.
struct EventOutcome {
  bool again = false;  // once more, for something has changed
  bool terminate = false;
  bool nominals_changed = false;
  bool states_changed = false;
  std::optional<double> next_event_s;
};

struct CompletedStep {
  bool event = false;
  bool terminate = false;
};

/// When a clock of FMI 3.0 ticks next, as its FMU says.
struct ClockAnswer {
  enum class Known { NotYet, Unchanged, Changed } known = Known::NotYet;
  double interval_s = 0.0;
};

/// Inside a step of FMI 3.0's co-simulation.
struct IntermediateUpdate {
  double time_s = 0.0;
  bool may_set = false, may_get = false, step_finished = false, may_return = false;
};

struct LogMessage {
  int status = 0;  // as FMI counts: 0 ok, 1 warning, 2 discard, 3 error, 4 fatal
  std::string category;
  std::string text;
};

class Instance;

/// A saved state of an instance. Lifetime: that of the instance. Threads: its owner's.
class SavedState {
 public:
  SavedState() = default;
  SavedState(SavedState&& other) noexcept
      : of_(std::exchange(other.of_, nullptr)), handle_(std::exchange(other.handle_, nullptr)) {}
  SavedState& operator=(SavedState&& other) noexcept {
    std::swap(of_, other.of_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  SavedState(const SavedState&) = delete;
  SavedState& operator=(const SavedState&) = delete;
  ~SavedState();

  bool empty() const { return handle_ == nullptr; }

 private:
  friend class Instance;
  Instance* of_ = nullptr;
  void* handle_ = nullptr;
};

/// One running copy. Its calls follow FMI's order: set what the start is, initialise(), then steps;
/// an FMU says no to a call out of order.
///
/// **Cost** get_numbers, set_numbers and do_step of Float64 allocate nothing and cost the FMU's own
/// time and some nanoseconds. **Threads** one owner at a time. **Errors** Unavailable when the FMU
/// says no, with what it said; Timeout and Unavailable of a process of its own; Unsupported for
/// what the FMU does not offer.
class Instance {
 public:
  virtual ~Instance() = default;
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const ModelDescription& description() const { return description_; }
  const InstanceOptions& options() const { return options_; }

  // ---- values
  /// Numbers of one type, all values of an array one after the other; Boolean and Clock are 0
  /// and 1. Limits: whole numbers up to 2^53. Errors: InvalidInput for a value that the type cannot
  /// hold.
  virtual Result<void> get_numbers(Type type, std::span<const ValueReference> references,
                                   std::span<double> values) = 0;
  virtual Result<void> set_numbers(Type type, std::span<const ValueReference> references,
                                   std::span<const double> values) = 0;
  /// String, and Binary as its bytes.
  virtual Result<std::vector<std::string>> get_texts(Type type,
                                                     std::span<const ValueReference> references,
                                                     std::size_t values) = 0;
  virtual Result<void> set_texts(Type type, std::span<const ValueReference> references,
                                 std::span<const std::string> values) = 0;

  // ---- life
  virtual Result<void> enter_initialisation(const Experiment& experiment) = 0;
  virtual Result<void> exit_initialisation() = 0;
  virtual Result<void> terminate() = 0;
  virtual Result<void> reset() = 0;

  // ---- co-simulation
  virtual Result<StepOutcome> do_step(double time_s, double step_s) = 0;
  /// FMI 3.0: from event mode to step mode.
  virtual Result<void> enter_step_mode() = 0;
  /// Called inside do_step. Unsupported in a process of its own.
  virtual Result<void> on_intermediate_update(
      std::function<void(const IntermediateUpdate&)> listener) = 0;

  // ---- events, of model exchange and of co-simulation with event mode
  virtual Result<void> enter_event_mode() = 0;
  virtual Result<EventOutcome> update_discrete_states() = 0;

  // ---- model exchange
  virtual Result<void> enter_continuous_time_mode() = 0;
  virtual Result<void> set_time(double time_s) = 0;
  virtual Result<std::size_t> count_states() = 0;
  virtual Result<std::size_t> count_event_indicators() = 0;
  virtual Result<void> get_states(std::span<double> states) = 0;
  virtual Result<void> set_states(std::span<const double> states) = 0;
  virtual Result<void> get_nominals(std::span<double> nominals) = 0;
  virtual Result<void> get_derivatives(std::span<double> derivatives) = 0;
  virtual Result<void> get_event_indicators(std::span<double> indicators) = 0;
  virtual Result<CompletedStep> completed_step() = 0;

  // ---- clocks of FMI 3.0
  virtual Result<ClockAnswer> get_clock_interval(ValueReference clock) = 0;
  virtual Result<double> get_clock_shift(ValueReference clock) = 0;

  // ---- state and derivatives
  /// Into `state`, whose storage is used again.
  Result<void> save(SavedState& state);
  Result<void> restore(const SavedState& state);
  /// As bytes, and back in an instance of the same FMU; for the same machine and FMU only.
  Result<std::string> serialise(const SavedState& state);
  Result<void> deserialise(std::string_view bytes, SavedState& state);
  /// d(unknowns)/d(knowns) times `seed`. Shapes: seed as knowns, sensitivity as unknowns.
  virtual Result<void> directional_derivative(std::span<const ValueReference> unknowns,
                                              std::span<const ValueReference> knowns,
                                              std::span<const double> seed,
                                              std::span<double> sensitivity) = 0;

  /// The FMU's messages since the last call. Limits: the newest 200.
  virtual std::vector<LogMessage> take_log() = 0;

  const Capabilities& capabilities() const;

 protected:
  Instance(const ModelDescription& description, InstanceOptions options)
      : description_(description), options_(std::move(options)) {}

  friend class SavedState;
  virtual Result<void> save_handle(void*& handle) = 0;
  virtual Result<void> restore_handle(void* handle) = 0;
  virtual Result<std::string> serialise_handle(void* handle) = 0;
  virtual Result<void> deserialise_handle(std::string_view bytes, void*& handle) = 0;
  virtual void free_handle(void* handle) = 0;

 private:
  const ModelDescription& description_;
  const InstanceOptions options_;
};

}  // namespace gemel::fmu
