#pragma once
// The C interface of FMI 2.0 (Modelica Association, "Functional Mock-up Interface for Model
// Exchange and Co-Simulation", version 2.0.4), as far as Gemel calls it.

#include <cstddef>

namespace gemel::fmu::detail::fmi2 {

using Component = void*;
using Reference = unsigned int;
using Boolean = int;

// NOLINTBEGIN(readability-identifier-naming,cppcoreguidelines-macro-usage): the standard's own
// names, in lists that are read more than once
enum Status : int { kOk, kWarning, kDiscard, kError, kFatal, kPending };
enum Kind : int { kModelExchange, kCoSimulation };
enum StatusKind : int { kDoStepStatus, kPendingStatus, kLastSuccessfulTime, kTerminated };

using Logger = void (*)(void* environment, const char* instance, Status status,
                        const char* category, const char* message, ...);

struct Callbacks {
  Logger logger;
  void* (*allocate)(std::size_t count, std::size_t size);
  void (*release)(void* memory);
  void (*step_finished)(void* environment, Status status);
  void* environment;
};

struct EventInfo {
  Boolean new_discrete_states_needed;
  Boolean terminate_simulation;
  Boolean nominals_changed;
  Boolean values_changed;
  Boolean next_event_time_defined;
  double next_event_time;
};

/// F(name, parameters): every library has these. All but Instantiate and FreeInstance give a
/// status.
#define GEMEL_FMI2_COMMON(F)                                                              \
  F(SetupExperiment, (Component, Boolean tolerance_given, double tolerance, double start, \
                      Boolean stop_given, double stop))                                   \
  F(EnterInitializationMode, (Component))                                                 \
  F(ExitInitializationMode, (Component))                                                  \
  F(Terminate, (Component))                                                               \
  F(Reset, (Component))                                                                   \
  F(GetReal, (Component, const Reference*, std::size_t, double*))                         \
  F(GetInteger, (Component, const Reference*, std::size_t, int*))                         \
  F(GetBoolean, (Component, const Reference*, std::size_t, Boolean*))                     \
  F(GetString, (Component, const Reference*, std::size_t, const char**))                  \
  F(SetReal, (Component, const Reference*, std::size_t, const double*))                   \
  F(SetInteger, (Component, const Reference*, std::size_t, const int*))                   \
  F(SetBoolean, (Component, const Reference*, std::size_t, const Boolean*))               \
  F(SetString, (Component, const Reference*, std::size_t, const char* const*))

/// For what an FMU may offer; without them the offer is an empty one.
#define GEMEL_FMI2_OPTIONAL(F)                                                                \
  F(GetFMUstate, (Component, void** state))                                                   \
  F(SetFMUstate, (Component, void* state))                                                    \
  F(FreeFMUstate, (Component, void** state))                                                  \
  F(SerializedFMUstateSize, (Component, void* state, std::size_t* size))                      \
  F(SerializeFMUstate, (Component, void* state, char* bytes, std::size_t size))               \
  F(DeSerializeFMUstate, (Component, const char* bytes, std::size_t size, void** state))      \
  F(GetDirectionalDerivative,                                                                 \
    (Component, const Reference* unknowns, std::size_t, const Reference* knowns, std::size_t, \
     const double* seed, double* sensitivity))                                                \
  F(GetStatus, (Component, StatusKind, Status*))                                              \
  F(GetRealStatus, (Component, StatusKind, double*))                                          \
  F(GetBooleanStatus, (Component, StatusKind, Boolean*))

#define GEMEL_FMI2_CO_SIMULATION(F) \
  F(DoStep, (Component, double time, double step, Boolean no_going_back))

#define GEMEL_FMI2_MODEL_EXCHANGE(F)                                                     \
  F(EnterEventMode, (Component))                                                         \
  F(NewDiscreteStates, (Component, EventInfo*))                                          \
  F(EnterContinuousTimeMode, (Component))                                                \
  F(CompletedIntegratorStep,                                                             \
    (Component, Boolean no_going_back, Boolean * enter_event_mode, Boolean * terminate)) \
  F(SetTime, (Component, double))                                                        \
  F(SetContinuousStates, (Component, const double*, std::size_t))                        \
  F(GetDerivatives, (Component, double*, std::size_t))                                   \
  F(GetEventIndicators, (Component, double*, std::size_t))                               \
  F(GetContinuousStates, (Component, double*, std::size_t))                              \
  F(GetNominalsOfContinuousStates, (Component, double*, std::size_t))

/// The functions of one library.
struct Functions {
  Component (*Instantiate)(const char* name, Kind kind, const char* guid, const char* resources,
                           const Callbacks*, Boolean visible, Boolean logging) = nullptr;
  void (*FreeInstance)(Component) = nullptr;
#define GEMEL_FMI2_DECLARE(name, parameters) Status(*name) parameters = nullptr;
  GEMEL_FMI2_COMMON(GEMEL_FMI2_DECLARE)
  GEMEL_FMI2_OPTIONAL(GEMEL_FMI2_DECLARE)
  GEMEL_FMI2_CO_SIMULATION(GEMEL_FMI2_DECLARE)
  GEMEL_FMI2_MODEL_EXCHANGE(GEMEL_FMI2_DECLARE)
#undef GEMEL_FMI2_DECLARE
};
// NOLINTEND(readability-identifier-naming,cppcoreguidelines-macro-usage)

}  // namespace gemel::fmu::detail::fmi2
