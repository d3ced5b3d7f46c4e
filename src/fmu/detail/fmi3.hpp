#pragma once
// The C interface of FMI 3.0 (Modelica Association, "Functional Mock-up Interface Specification",
// version 3.0.1), as far as Gemel calls it.

#include <cstddef>
#include <cstdint>

namespace gemel::fmu::detail::fmi3 {

using Handle = void*;
using Reference = std::uint32_t;
using Size = std::size_t;
using Bytes = const std::uint8_t*;

// NOLINTBEGIN(readability-identifier-naming,cppcoreguidelines-macro-usage): the standard's own
// names, in lists that are read more than once
enum Status : int { kOk, kWarning, kDiscard, kError, kFatal };
enum IntervalQualifier : int { kNotYetKnown, kUnchanged, kChanged };

using TakeLogMessage = void (*)(void* environment, Status status, const char* category,
                                const char* message);
using TakeIntermediateUpdate = void (*)(void* environment, double time, bool set_requested,
                                        bool get_requested, bool step_finished,
                                        bool can_return_early, bool* return_requested,
                                        double* return_time);

/// F(name, C type): types whose values are read and written alike.
#define GEMEL_FMI3_PLAIN_TYPES(F) \
  F(Float32, float)               \
  F(Float64, double)              \
  F(Int8, std::int8_t)            \
  F(UInt8, std::uint8_t)          \
  F(Int16, std::int16_t)          \
  F(UInt16, std::uint16_t)        \
  F(Int32, std::int32_t)          \
  F(UInt32, std::uint32_t)        \
  F(Int64, std::int64_t)          \
  F(UInt64, std::uint64_t)        \
  F(Boolean, bool)

/// F(name, parameters): every library has these. All give a status.
#define GEMEL_FMI3_COMMON(F)                                                                      \
  F(EnterInitializationMode,                                                                      \
    (Handle, bool tolerance_given, double tolerance, double start, bool stop_given, double stop)) \
  F(ExitInitializationMode, (Handle))                                                             \
  F(Terminate, (Handle))                                                                          \
  F(Reset, (Handle))

/// What not every FMU needs. Some leave out the types that they do not use.
#define GEMEL_FMI3_OPTIONAL(F)                                                                   \
  F(EnterEventMode, (Handle))                                                                    \
  F(UpdateDiscreteStates, (Handle, bool* again, bool* terminate, bool* nominals_changed,         \
                           bool* values_changed, bool* next_defined, double* next))              \
  F(GetString, (Handle, const Reference*, Size, const char** values, Size))                      \
  F(SetString, (Handle, const Reference*, Size, const char* const* values, Size))                \
  F(GetBinary, (Handle, const Reference*, Size, Size* sizes, Bytes* values, Size))               \
  F(SetBinary, (Handle, const Reference*, Size, const Size* sizes, const Bytes* values, Size))   \
  F(GetClock, (Handle, const Reference*, Size, bool* values))                                    \
  F(SetClock, (Handle, const Reference*, Size, const bool* values))                              \
  F(GetIntervalDecimal, (Handle, const Reference*, Size, double* intervals, IntervalQualifier*)) \
  F(GetShiftDecimal, (Handle, const Reference*, Size, double* shifts))                           \
  F(GetFMUState, (Handle, void** state))                                                         \
  F(SetFMUState, (Handle, void* state))                                                          \
  F(FreeFMUState, (Handle, void** state))                                                        \
  F(SerializedFMUStateSize, (Handle, void* state, Size*))                                        \
  F(SerializeFMUState, (Handle, void* state, std::uint8_t* bytes, Size))                         \
  F(DeserializeFMUState, (Handle, const std::uint8_t* bytes, Size, void** state))                \
  F(GetDirectionalDerivative, (Handle, const Reference* unknowns, Size, const Reference* knowns, \
                               Size, const double* seed, Size, double* sensitivity, Size))

#define GEMEL_FMI3_CO_SIMULATION(F)                                                              \
  F(DoStep, (Handle, double time, double step, bool no_going_back, bool* event, bool* terminate, \
             bool* early, double* reached))                                                      \
  F(EnterStepMode, (Handle))

#define GEMEL_FMI3_MODEL_EXCHANGE(F)                                                     \
  F(EnterContinuousTimeMode, (Handle))                                                   \
  F(CompletedIntegratorStep, (Handle, bool no_going_back, bool* event, bool* terminate)) \
  F(SetTime, (Handle, double))                                                           \
  F(SetContinuousStates, (Handle, const double*, Size))                                  \
  F(GetContinuousStateDerivatives, (Handle, double*, Size))                              \
  F(GetEventIndicators, (Handle, double*, Size))                                         \
  F(GetContinuousStates, (Handle, double*, Size))                                        \
  F(GetNominalsOfContinuousStates, (Handle, double*, Size))                              \
  F(GetNumberOfEventIndicators, (Handle, Size*))                                         \
  F(GetNumberOfContinuousStates, (Handle, Size*))

/// The functions of one library.
struct Functions {
  Handle (*InstantiateCoSimulation)(const char* name, const char* token, const char* resources,
                                    bool visible, bool logging, bool event_mode, bool early_return,
                                    const Reference* intermediate, Size, void* environment,
                                    TakeLogMessage, TakeIntermediateUpdate) = nullptr;
  Handle (*InstantiateModelExchange)(const char* name, const char* token, const char* resources,
                                     bool visible, bool logging, void* environment,
                                     TakeLogMessage) = nullptr;
  void (*FreeInstance)(Handle) = nullptr;
#define GEMEL_FMI3_DECLARE_TYPE(name, type)                                          \
  Status (*Get##name)(Handle, const Reference*, Size, type* values, Size) = nullptr; \
  Status (*Set##name)(Handle, const Reference*, Size, const type* values, Size) = nullptr;
  GEMEL_FMI3_PLAIN_TYPES(GEMEL_FMI3_DECLARE_TYPE)
#undef GEMEL_FMI3_DECLARE_TYPE
#define GEMEL_FMI3_DECLARE(name, parameters) Status(*name) parameters = nullptr;
  GEMEL_FMI3_COMMON(GEMEL_FMI3_DECLARE)
  GEMEL_FMI3_OPTIONAL(GEMEL_FMI3_DECLARE)
  GEMEL_FMI3_CO_SIMULATION(GEMEL_FMI3_DECLARE)
  GEMEL_FMI3_MODEL_EXCHANGE(GEMEL_FMI3_DECLARE)
#undef GEMEL_FMI3_DECLARE
};
// NOLINTEND(readability-identifier-naming,cppcoreguidelines-macro-usage)

}  // namespace gemel::fmu::detail::fmi3
