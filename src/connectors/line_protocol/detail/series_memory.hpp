#pragma once
// What a sender's lines looked like last time, so that the next ones are recognised by comparing
// bytes instead of being taken apart.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connectors/line_protocol/detail/point.hpp"
#include "connectors/line_protocol/detail/series_bindings.hpp"

namespace gemel::connectors::line_protocol {

/// Where one value of a line goes.
struct Target {
  SignalId signal;
  double scale = 1.0;
  double offset = 0.0;
  const payload::Field* field = nullptr;
};

/// One value's place in a line.
struct Slot {
  std::uint32_t lead = 0;     // bytes of the pattern that stand before the value
  std::uint32_t targets = 0;  // how many signals it feeds
};

/// A series as it is written: `pattern` is "pump,asset=pump_1 flow=" and ",pressure=", joined.
struct Series {
  std::string pattern;
  std::size_t key_size = 0;  // of which "pump,asset=pump_1"
  std::vector<Slot> slots;   // the fields of its last line, in their order
  std::vector<Target> targets;
  std::vector<std::uint32_t> bindings;  // those that name it
  Series* next = nullptr;               // whose line came after its own, last time

  std::string_view key() const { return {pattern.data(), key_size}; }
  bool bound() const { return !targets.empty(); }
};

/// Limits: so many series that every bound one has room beside 65,536 others, 128 MiB; when that is
/// full it forgets all and learns anew, which costs time but no sample. Series with a pattern above
/// 4 KiB are not remembered. Threads: one.
class SeriesMemory {
 public:
  static constexpr std::size_t kPatternMax = 4'096;

  /// Lifetime: the bindings must outlive it.
  explicit SeriesMemory(const SeriesBindings& bindings) : bindings_(bindings) {}

  /// Null when the series is not known. Lifetime: until the next learn().
  Series* find(std::string_view key) {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second;
  }

  /// The series of a line just read, with its fields in the order of that line; `is_new` tells
  /// whether it was not remembered before.
  Series& learn(const Point& point, bool& is_new);

  /// Counts how often everything was forgotten: pointers from before are gone.
  std::uint64_t generation() const { return generation_; }

 private:
  static std::size_t cost_of(const Series& series);
  void adapt(Series& series, const Point& point);
  void forget_all();

  const SeriesBindings& bindings_;
  std::deque<Series> series_;
  std::unordered_map<std::string_view, Series*> by_key_;  // keys are views of the patterns
  std::size_t bytes_ = 0;
  std::uint64_t generation_ = 0;
  Series passing_;  // of a line that is not remembered
  std::string pattern_;
  std::vector<const payload::Field*> fields_;
};

}  // namespace gemel::connectors::line_protocol
