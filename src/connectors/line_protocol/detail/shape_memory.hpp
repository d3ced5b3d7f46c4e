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

/// How a line looked. `pattern` is what stood around its values: "pump,asset=pump_1 flow=" and
/// ",pressure=", joined.
struct Shape {
  std::string pattern;
  std::vector<Slot> slots;  // the line's fields, in their order; never empty
  std::vector<Target> targets;
  std::vector<std::uint32_t> bindings;  // those that name its series
  Shape* next = nullptr;                // of the line that came after, last time

  /// "pump,asset=pump_1 flow=": lines of one head are taken to look alike. A sender may write the
  /// fields of a series in lines of their own.
  std::string_view head() const { return {pattern.data(), slots.front().lead}; }
  bool bound() const { return !targets.empty(); }
};

/// Limits: so many shapes that every bound field has room beside 65,536 others, 128 MiB; when that
/// is full it forgets all and learns anew, which costs time but no sample. Patterns above 4 KiB are
/// not remembered. Threads: one.
class ShapeMemory {
 public:
  static constexpr std::size_t kPatternMax = 4'096;

  /// Lifetime: the bindings must outlive it.
  explicit ShapeMemory(const SeriesBindings& bindings) : bindings_(bindings) {}

  /// Null when no line began so. Lifetime: until the next learn().
  Shape* find(std::string_view head) {
    const auto found = by_head_.find(head);
    return found == by_head_.end() ? nullptr : found->second;
  }

  /// The shape of a line just read; `is_new` tells whether none with its head was remembered.
  Shape& learn(const Point& point, bool& is_new);

  /// Counts how often everything was forgotten: pointers from before are gone.
  std::uint64_t generation() const { return generation_; }

 private:
  static std::size_t cost_of(const Shape& shape);
  void adapt(Shape& shape, const Point& point);
  void forget_all();

  const SeriesBindings& bindings_;
  std::deque<Shape> shapes_;
  std::unordered_map<std::string_view, Shape*> by_head_;  // keys are views of the patterns
  std::size_t bytes_ = 0;
  std::uint64_t generation_ = 0;
  Shape passing_;  // of a line that is not remembered
  std::string pattern_;
  std::vector<const payload::Field*> fields_;
};

}  // namespace gemel::connectors::line_protocol
