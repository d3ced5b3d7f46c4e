#pragma once
// What is to happen, the soonest first; at one time, in the order in which it was planned.

#include <cstdint>
#include <vector>

namespace gemel::process_flow::detail {

struct Event {
  double time;
  std::uint64_t number;   // order of planning
  std::uint32_t what;     // kind and element, as the run packs them
  std::uint32_t machine;  // of the element
  std::uint32_t version;  // of the machine's plans: an older event is void

  bool before(const Event& other) const {
    return time != other.time ? time < other.time : number < other.number;
  }
};

/// A binary heap. What is taken from its top leaves a hole there, which the next that is planned
/// fills: most events plan another. Threads: one owner.
class EventQueue {
 public:
  bool empty() {
    close();
    return heap_.empty();
  }
  /// Not after empty().
  const Event& top() {
    close();
    return heap_.front();
  }
  /// All that are to come, in no order.
  const std::vector<Event>& all() {
    close();
    return heap_;
  }

  void push(double time, std::uint32_t what, std::uint32_t machine, std::uint32_t version) {
    const Event event{time, next_++, what, machine, version};
    if (hole_) {
      hole_ = false;
      return sink(event);
    }
    heap_.push_back(event);
    std::size_t hole = heap_.size() - 1;
    while (hole > 0) {
      const std::size_t above = (hole - 1) / 2;
      if (!event.before(heap_[above])) break;
      heap_[hole] = heap_[above];
      hole = above;
    }
    heap_[hole] = event;
  }

  /// The top; not after empty().
  Event pop() {
    close();
    hole_ = true;
    return heap_.front();
  }

 private:
  void close() {
    if (!hole_) return;
    hole_ = false;
    const Event last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sink(last);
  }

  /// From the top to where it belongs.
  void sink(const Event& event) {
    const std::size_t size = heap_.size();
    std::size_t hole = 0;
    for (std::size_t below = 1; below < size; below = 2 * hole + 1) {
      if (below + 1 < size && heap_[below + 1].before(heap_[below])) ++below;
      if (!heap_[below].before(event)) break;
      heap_[hole] = heap_[below];
      hole = below;
    }
    heap_[hole] = event;
  }

  std::vector<Event> heap_;
  std::uint64_t next_ = 0;
  bool hole_ = false;
};

}  // namespace gemel::process_flow::detail
