#pragma once
// What a sender's lines looked like last time, so that the next ones are recognised by comparing
// bytes instead of being taken apart.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
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

/// How a line looked: what stood around its values, "pump,asset=pump_1 flow=" and ",pressure=", and
/// where the values go. Everything lies in one piece behind it, so that the shapes of lines that
/// follow one another are read like one long text.
class Shape {
 public:
  Shape* next = nullptr;         // of the line that came after, last time
  Shape* former_next = nullptr;  // and of the one before that, when it was another

  /// One late line must not make it forget the usual order; nor does one that is left out.
  void expect(Shape* after) {
    const bool one_left_out = next != nullptr && after == next->next;
    if (after == nullptr || after == next || one_left_out) return;
    former_next = std::exchange(next, after);
  }

  std::string_view pattern() const { return {after_slots(), pattern_size_}; }
  /// The line's fields, in their order; never empty.
  std::span<const Slot> slots() const {
    return {reinterpret_cast<const Slot*>(after_targets()), slots_};
  }
  std::span<const Target> targets() const {
    return {reinterpret_cast<const Target*>(this + 1), targets_};
  }
  /// Those that name its series.
  const std::vector<std::uint32_t>& bindings() const { return *bindings_; }

  /// "pump,asset=pump_1 flow=": lines of one head are taken to look alike. A sender may write the
  /// fields of a series in lines of their own.
  std::string_view head() const { return pattern().substr(0, slots().front().lead); }
  bool bound() const { return targets_ > 0; }
  /// False for one that is overwritten by the next of its kind, and must not be pointed at.
  bool remembered() const { return remembered_; }

  /// Tells the processor that it is needed soon.
  void fetch() const {
    const auto* at = reinterpret_cast<const char*>(this);
    for (std::size_t line = 0; line < 192; line += 64) __builtin_prefetch(at + line);
  }

  static std::size_t size_for(std::size_t targets, std::size_t slots, std::size_t pattern) {
    return sizeof(Shape) + targets * sizeof(Target) + slots * sizeof(Slot) + pattern;
  }
  /// Makes one at `place`, which has size_for() bytes.
  static Shape* make(void* place, std::span<const Target> targets, std::span<const Slot> slots,
                     std::string_view pattern, const std::vector<std::uint32_t>& bindings,
                     bool remembered);

 private:
  Shape() = default;
  const char* after_targets() const {
    return reinterpret_cast<const char*>(reinterpret_cast<const Target*>(this + 1) + targets_);
  }
  const char* after_slots() const { return after_targets() + slots_ * sizeof(Slot); }

  std::uint32_t targets_ = 0;
  std::uint32_t slots_ = 0;
  std::uint32_t pattern_size_ = 0;
  bool remembered_ = true;
  const std::vector<std::uint32_t>* bindings_ = nullptr;
};

/// Room for shapes, one behind the other.
class ShapeArena {
 public:
  void* take(std::size_t size);
  void clear() { blocks_.clear(); }
  std::size_t bytes() const { return blocks_.size() * kBlock; }

 private:
  static constexpr std::size_t kBlock = 1u << 18;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::size_t used_ = 0;  // of the last block
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
  void find_targets(const Point& point, const std::vector<std::uint32_t>& bindings);
  void forget_all();

  const SeriesBindings& bindings_;
  ShapeArena arena_;
  std::size_t shapes_ = 0;
  std::unordered_map<std::string_view, Shape*> by_head_;  // keys are views of the patterns
  std::deque<std::vector<std::uint32_t>> bindings_of_;    // of the shapes, in the order of learning
  std::uint64_t generation_ = 0;

  // Of a line that is not remembered.
  std::vector<std::byte> passing_;
  std::vector<std::uint32_t> passing_bindings_;

  // Of the line that is being learnt.
  std::string pattern_;
  std::vector<Slot> slots_;
  std::vector<Target> targets_;
  std::vector<const payload::Field*> fields_;
};

}  // namespace gemel::connectors::line_protocol
