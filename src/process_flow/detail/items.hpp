#pragma once
// The items of a run, and the rows that they stand in.

#include <cstdint>
#include <vector>

namespace gemel::process_flow::detail {

inline constexpr std::uint32_t kNone = UINT32_MAX;

/// Items in a row, each knowing the next.
struct Row {
  std::uint32_t head = kNone, tail = kNone, count = 0;
};

struct Item {
  double born = 0.0;    // below 0: nobody knows
  double queued = 0.0;  // when it came to where it is; on a conveyor: when it is due
  std::uint32_t next = kNone;
  std::uint32_t source = 0;
};

/// Those that left make room for those that come. Threads: one owner.
class Items {
 public:
  Item& operator[](std::uint32_t id) { return items_[id]; }
  const Item& operator[](std::uint32_t id) const { return items_[id]; }

  std::uint32_t make(const Item& item) {
    std::uint32_t id = free_;
    if (id == kNone) {
      id = static_cast<std::uint32_t>(items_.size());
      items_.emplace_back();
    } else {
      free_ = items_[id].next;
    }
    items_[id] = item;
    return id;
  }

  void remove(std::uint32_t id) {
    items_[id].next = free_;
    free_ = id;
  }

  void append(Row& row, std::uint32_t id) {
    items_[id].next = kNone;
    if (row.tail == kNone)
      row.head = id;
    else
      items_[row.tail].next = id;
    row.tail = id;
    ++row.count;
  }

  void prepend(Row& row, std::uint32_t id) {
    items_[id].next = row.head;
    row.head = id;
    if (row.tail == kNone) row.tail = id;
    ++row.count;
  }

  std::uint32_t take_first(Row& row) {
    const auto id = row.head;
    row.head = items_[id].next;
    if (row.head == kNone) row.tail = kNone;
    --row.count;
    return id;
  }

 private:
  std::vector<Item> items_;
  std::uint32_t free_ = kNone;
};

}  // namespace gemel::process_flow::detail
