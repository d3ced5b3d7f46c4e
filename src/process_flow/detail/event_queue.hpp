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

/// A binary heap. Threads: one owner.
class EventQueue {
 public:
  bool empty() const { return heap_.empty(); }
  const Event& top() const { return heap_.front(); }

  void push(double time, std::uint32_t what, std::uint32_t machine, std::uint32_t version) {
    const Event event{time, next_++, what, machine, version};
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

  Event pop() {
    const Event first = heap_.front(), last = heap_.back();
    heap_.pop_back();
    const std::size_t size = heap_.size();
    if (size == 0) return first;
    std::size_t hole = 0;
    for (std::size_t below = 1; below < size; below = 2 * hole + 1) {
      if (below + 1 < size && heap_[below + 1].before(heap_[below])) ++below;
      if (!heap_[below].before(last)) break;
      heap_[hole] = heap_[below];
      hole = below;
    }
    heap_[hole] = last;
    return first;
  }

 private:
  std::vector<Event> heap_;
  std::uint64_t next_ = 0;
};

}  // namespace gemel::process_flow::detail
