#pragma once
// Who is where on a shared guide path, and who may go on.

#include <cstdint>
#include <vector>

#include "process_flow/guide_path.hpp"

namespace gemel::process_flow::detail {

/// Zone control: ways and points hold so many vehicles, and one that leaves a point has a place on
/// the way and at the next point reserved. Deadlocks are avoided by the banker's algorithm: a
/// vehicle may go to a point that holds few only if afterwards all can, one after the other, still
/// reach the next haven (a point that holds any number) of the ways that they have claimed. Whoever
/// is first among them can always go on, so that there never is a standstill. Sources: Dijkstra,
/// "Cooperating sequential processes", 1965; Reveliotis, "Conflict resolution in AGV systems", IIE
/// Transactions 32, 2000. Cost: an entry that meets a limited point, O(v² · legs) of the v vehicles
/// at such points; any other O(1). Threads: one owner.
class Traffic {
 public:
  Traffic(const GuidePath& path, std::size_t vehicles);

  /// Where it stands at the beginning: a haven.
  void put(std::uint32_t vehicle, std::uint32_t haven) { vehicles_[vehicle].at = haven; }
  /// The point that it stands at or has reserved.
  std::uint32_t at(std::uint32_t vehicle) const { return vehicles_[vehicle].at; }
  /// Claims its ways: by all of `goals` in turn, the last of which is a haven. False: not safe now;
  /// it keeps what it had.
  bool claim(std::uint32_t vehicle, std::vector<std::uint32_t> goals);
  const std::vector<std::uint32_t>& goals(std::uint32_t vehicle) const {
    return vehicles_[vehicle].goals;
  }
  /// It has reached its first goal, and done there what it came for.
  void reached(std::uint32_t vehicle);

  /// It wants to leave its point for its first goal.
  void ask(std::uint32_t vehicle) { waiting_.push_back(vehicle); }
  void withdraw(std::uint32_t vehicle) { std::erase(waiting_, vehicle); }
  /// Lets those enter that may, the longest waiting first; nobody is overtaken at the entry of a
  /// way. The answer is good until the next call.
  struct Entry {
    std::uint32_t vehicle;
    Leg leg;
  };
  const std::vector<Entry>& admit();
  /// It has come to the end of its way. Those who leave the way now, the first first: none, when
  /// somebody is before it. The answer is good until the next call.
  const std::vector<std::uint32_t>& arrive(std::uint32_t vehicle);

 private:
  struct Vehicle {
    std::uint32_t at = UINT32_MAX;
    std::uint32_t way = Leg::kNoWay;
    bool at_end = false;  // of its way
    std::vector<std::uint32_t> goals = {};
  };
  struct Track {
    std::vector<std::uint32_t> row = {};  // vehicles on it, the first first
    std::uint32_t towards = 0;
    bool refused = false;  // in this call of admit()
  };
  bool full(std::uint32_t point) const { return standing_[point] >= path_.holds(point); }
  bool can_clear(std::uint32_t vehicle) const;
  bool safe();
  bool enter(std::uint32_t vehicle, const Leg& leg);

  const GuidePath& path_;
  std::vector<Vehicle> vehicles_;
  std::vector<Track> tracks_;
  std::vector<std::uint32_t> standing_;  // vehicles at limited points
  std::vector<std::uint32_t> waiting_;
  std::vector<Entry> admitted_;
  std::vector<std::uint32_t> left_, open_;  // kept for their memory
};

}  // namespace gemel::process_flow::detail
