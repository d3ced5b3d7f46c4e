#include "process_flow/detail/traffic.hpp"

#include <algorithm>

namespace gemel::process_flow::detail {

Traffic::Traffic(const GuidePath& path, std::size_t vehicles)
    : path_(path),
      vehicles_(vehicles),
      tracks_(path.ways().size()),
      standing_(path.shared() ? path.points() : 0) {}

bool Traffic::claim(std::uint32_t vehicle, std::vector<std::uint32_t> goals) {
  auto& each = vehicles_[vehicle];
  std::swap(each.goals, goals);
  if (path_.haven(each.at) || safe()) return true;
  std::swap(each.goals, goals);
  return false;
}

void Traffic::reached(std::uint32_t vehicle) {
  auto& goals = vehicles_[vehicle].goals;
  goals.erase(goals.begin());
}

/// Whether it can go on to the next haven while all others stand still. It is not counted itself.
bool Traffic::can_clear(std::uint32_t vehicle) const {
  const auto& each = vehicles_[vehicle];
  auto point = each.at;
  for (const auto goal : each.goals) {
    while (point != goal) {
      point = path_.leg(point, goal).to;
      if (path_.haven(point)) return true;
      if (full(point)) return false;
    }
  }
  return path_.haven(point);
}

/// Those at limited points clear them one after the other, as long as one can. Which of them goes
/// first doesn't matter: whoever has left makes room and takes none.
bool Traffic::safe() {
  open_.clear();
  for (std::uint32_t v = 0; v < vehicles_.size(); ++v) {
    if (vehicles_[v].at != UINT32_MAX && !path_.haven(vehicles_[v].at)) open_.push_back(v);
  }
  const auto all = open_.size();
  std::size_t left = all;  // open_[0 … left) have not cleared
  for (bool moved = true; moved && left > 0;) {
    moved = false;
    for (std::size_t i = 0; i < left;) {
      const auto v = open_[i];
      --standing_[vehicles_[v].at];
      if (can_clear(v)) {
        std::swap(open_[i], open_[--left]);
        moved = true;
      } else {
        ++standing_[vehicles_[v].at];
        ++i;
      }
    }
  }
  for (std::size_t i = left; i < all; ++i) ++standing_[vehicles_[open_[i]].at];
  return left == 0;
}

bool Traffic::enter(std::uint32_t vehicle, const Leg& leg) {
  auto& each = vehicles_[vehicle];
  auto& track = tracks_[leg.way];
  if (track.refused) return false;
  if (track.row.size() >= path_.ways()[leg.way].vehicles ||
      (!track.row.empty() && track.towards != leg.to)) {
    track.refused = true;
    return false;
  }
  const auto from = each.at;
  const auto move = [&](std::uint32_t to) {
    if (!path_.haven(each.at)) --standing_[each.at];
    each.at = to;
    if (!path_.haven(to)) ++standing_[to];
  };
  if (!path_.haven(leg.to)) {
    if (full(leg.to)) return false;
    move(leg.to);
    if (!safe()) {
      move(from);
      return false;
    }
  } else {
    move(leg.to);
  }
  track.towards = leg.to;
  track.row.push_back(vehicle);
  each.way = leg.way;
  return true;
}

const std::vector<Traffic::Entry>& Traffic::admit() {
  admitted_.clear();
  // Whoever enters leaves a point, which may be what another waits for.
  for (bool moved = true; moved && !waiting_.empty();) {
    moved = false;
    for (const auto v : waiting_) tracks_[path_.leg(at(v), goals(v).front()).way].refused = false;
    for (std::size_t i = 0; i < waiting_.size();) {
      const auto v = waiting_[i];
      const auto leg = path_.leg(at(v), goals(v).front());
      if (!enter(v, leg)) {
        ++i;
        continue;
      }
      admitted_.push_back({v, leg});
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
      moved = true;
    }
  }
  return admitted_;
}

const std::vector<std::uint32_t>& Traffic::arrive(std::uint32_t vehicle) {
  left_.clear();
  vehicles_[vehicle].at_end = true;
  auto& row = tracks_[vehicles_[vehicle].way].row;
  while (!row.empty() && vehicles_[row.front()].at_end) {
    auto& first = vehicles_[row.front()];
    first.at_end = false;
    first.way = Leg::kNoWay;
    left_.push_back(row.front());
    row.erase(row.begin());
  }
  return left_;
}

}  // namespace gemel::process_flow::detail
