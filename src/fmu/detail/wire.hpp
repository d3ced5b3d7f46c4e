#pragma once
// What an instance in a process of its own and its keeper say to each other.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "fmu/instance.hpp"

namespace gemel::fmu {
class Fmu;
}

namespace gemel::fmu::detail {

/// One a function of Instance. Both sides are the same program: the numbers are no format.
enum class Call : std::uint8_t {
  GetNumbers,
  SetNumbers,
  GetTexts,
  SetTexts,
  EnterInitialisation,
  ExitInitialisation,
  Terminate,
  Reset,
  DoStep,
  EnterStepMode,
  EnterEventMode,
  UpdateDiscreteStates,
  EnterContinuousTimeMode,
  SetTime,
  CountStates,
  CountEventIndicators,
  GetStates,
  SetStates,
  GetNominals,
  GetDerivatives,
  GetEventIndicators,
  CompletedStep,
  GetClockInterval,
  GetClockShift,
  Save,
  Restore,
  Serialise,
  Deserialise,
  FreeState,
  DirectionalDerivative,
  TakeLog,
};

// ---- values to bytes and back

template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>)
void put(ByteWriter& out, T value) {
  if constexpr (std::is_enum_v<T>) {
    out.fixed(static_cast<std::int32_t>(value));
  } else {
    out.fixed(value);
  }
}
inline void put(ByteWriter& out, std::string_view text) { out.text(text); }
inline void put(ByteWriter& out, const std::optional<double>& value) {
  out.fixed(value.has_value());
  out.fixed(value.value_or(0.0));
}
inline void put(ByteWriter& out, const Experiment& e) {
  put(out, e.start_s);
  put(out, e.stop_s);
  put(out, e.tolerance);
}
inline void put(ByteWriter& out, const StepOutcome& o) {
  put(out, o.reached_s);
  put(out, o.event);
  put(out, o.terminate);
}
inline void put(ByteWriter& out, const EventOutcome& o) {
  for (const bool each : {o.again, o.terminate, o.nominals_changed, o.states_changed})
    put(out, each);
  put(out, o.next_event_s);
}
inline void put(ByteWriter& out, const CompletedStep& o) {
  put(out, o.event);
  put(out, o.terminate);
}
inline void put(ByteWriter& out, const ClockAnswer& a) {
  put(out, a.known);
  put(out, a.interval_s);
}
inline void put(ByteWriter& out, const LogMessage& m) {
  put(out, m.status);
  put(out, m.category);
  put(out, m.text);
}

template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>)
void take(ByteReader& in, T& value) {
  if constexpr (std::is_enum_v<T>) {
    value = static_cast<T>(in.fixed<std::int32_t>());
  } else {
    value = in.fixed<T>();
  }
}
inline void take(ByteReader& in, std::string& text) { text = in.text(); }
inline void take(ByteReader& in, std::optional<double>& value) {
  const bool there = in.fixed<bool>();
  const auto number = in.fixed<double>();
  value = there ? std::optional(number) : std::nullopt;
}
inline void take(ByteReader& in, Experiment& e) {
  take(in, e.start_s);
  take(in, e.stop_s);
  take(in, e.tolerance);
}
inline void take(ByteReader& in, StepOutcome& o) {
  take(in, o.reached_s);
  take(in, o.event);
  take(in, o.terminate);
}
inline void take(ByteReader& in, EventOutcome& o) {
  for (bool* each : {&o.again, &o.terminate, &o.nominals_changed, &o.states_changed})
    take(in, *each);
  take(in, o.next_event_s);
}
inline void take(ByteReader& in, CompletedStep& o) {
  take(in, o.event);
  take(in, o.terminate);
}
inline void take(ByteReader& in, ClockAnswer& a) {
  take(in, a.known);
  take(in, a.interval_s);
}
inline void take(ByteReader& in, LogMessage& m) {
  take(in, m.status);
  take(in, m.category);
  take(in, m.text);
}

// Last, for they use all of the above.
template <class T>
void put(ByteWriter& out, std::span<const T> values) {
  out.varint(values.size());
  for (const auto& each : values) put(out, each);
}
template <class T>
void put(ByteWriter& out, const std::vector<T>& values) {
  put(out, std::span<const T>(values));
}
template <class T>
void take(ByteReader& in, std::vector<T>& values) {
  values.resize(in.count());
  for (auto& each : values) take(in, each);
}

// ---- messages over a socket

/// A message whole, after its length. False when the other side is gone.
bool send_message(int socket, std::string_view bytes);

enum class Received { Whole, Gone, Late };
/// Into `bytes`. Without `patience`: waits for ever. Limits: 1 GiB; more reads as gone.
Received receive_message(int socket, std::string& bytes,
                         std::optional<std::chrono::milliseconds> patience);

/// What a program that serves is told first: which FMU, and how it is to be made.
std::string order_of(const Fmu& fmu, const InstanceOptions& options);

/// In the child: makes the instance, tells how that went, and answers calls until the other side is
/// gone.
void serve_instance(int socket, std::shared_ptr<const Fmu> fmu, const InstanceOptions& options);

}  // namespace gemel::fmu::detail
