#pragma once
// What instances in this process share: their FMU, their messages, the judgement of a status.

#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "base/text.hpp"
#include "fmu/detail/library.hpp"
#include "fmu/fmu.hpp"
#include "fmu/instance.hpp"

namespace gemel::fmu::detail {

class LocalInstance : public Instance {
 public:
  ~LocalInstance() override;
  std::vector<LogMessage> take_log() override;

  /// By the FMU, inside one of its calls.
  void log(int status, const char* category, std::string text);

  /// Kept as long as this instance.
  void hold(std::shared_ptr<void> place) { place_ = std::move(place); }

 protected:
  LocalInstance(std::shared_ptr<const Fmu> fmu, InstanceOptions options);

  /// Ok and Warning go on; anything else is an error, told with what the FMU logged since.
  Result<void> judge(int status, const char* function) {
    if (status <= 1) [[likely]]
      return {};
    return refusal(status, function);
  }
  Error refusal(int status, const char* function);
  Error missing(const char* function) const;
  /// After a fatal status no function may be called any more, not even to free.
  bool dead() const { return dead_; }

  /// Numbers of another type than double, on their way in or out.
  template <class T>
  T* scratch(std::size_t count) {
    if (scratch_.size() * sizeof(std::uint64_t) < count * sizeof(T))
      scratch_.resize((count * sizeof(T) + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
    return reinterpret_cast<T*>(scratch_.data());
  }
  /// Errors: InvalidInput for what T cannot hold.
  template <class T>
  Result<const T*> narrowed(Type type, std::span<const double> values) {
    T* to = scratch<T>(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if constexpr (std::is_floating_point_v<T>) {
        to[i] = static_cast<T>(values[i]);
      } else if constexpr (std::is_same_v<T, bool>) {
        if (values[i] != 0.0 && values[i] != 1.0) return unfit(type, values[i]);
        to[i] = values[i] != 0.0;
      } else {
        // Above 2^53 a double skips whole numbers.
        constexpr double kExact = 9007199254740992.0;
        const double low = std::max(-kExact, static_cast<double>(std::numeric_limits<T>::min()));
        const double high = std::min(kExact, static_cast<double>(std::numeric_limits<T>::max()));
        if (!(values[i] >= low && values[i] <= high) || values[i] != std::trunc(values[i]))
          return unfit(type, values[i]);
        to[i] = static_cast<T>(values[i]);
      }
    }
    return static_cast<const T*>(to);
  }
  template <class T>
  static void widen(const T* from, std::span<double> values) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(from[i]);
  }

  const std::shared_ptr<const Fmu> fmu_;
  bool saved_once_ = false;  // so time may go back

 private:
  static Error unfit(Type type, double value) {
    return {ErrorCode::InvalidInput,
            text::number(value) + " is no " + std::string(to_string(type))};
  }
  std::deque<LogMessage> log_;
  std::string reasons_;  // warnings and errors since the last judgement that failed
  std::vector<std::uint64_t> scratch_;
  std::shared_ptr<void> place_;  // of the only instance that the FMU allows
  bool dead_ = false;
};

/// Each makes and initialises nothing but the FMU's instance.
Result<std::unique_ptr<Instance>> make_fmi2(std::shared_ptr<const Fmu> fmu, const Library& library,
                                            const InstanceOptions& options);
Result<std::unique_ptr<Instance>> make_fmi3(std::shared_ptr<const Fmu> fmu, const Library& library,
                                            const InstanceOptions& options);
/// In a child process.
Result<std::unique_ptr<Instance>> make_remote(std::shared_ptr<const Fmu> fmu,
                                              const InstanceOptions& options);
/// In this process, whatever the options say.
Result<std::unique_ptr<Instance>> make_local(std::shared_ptr<const Fmu> fmu, Libraries& libraries,
                                             const InstanceOptions& options);

}  // namespace gemel::fmu::detail
