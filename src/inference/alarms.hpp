#pragma once
// The book of open alarms: one for each source, numbered, updated rarely.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "core/event.hpp"
#include "core/snapshot.hpp"

namespace gemel::inference {

/// Keeps what is open, so that nothing is raised twice. Threads: one.
class AlarmBook {
 public:
  struct Open {
    std::uint64_t id = 0;
    std::string asset;
    Priority priority = Priority::Medium;
    double score = 0.0;  // as last told
    std::vector<Driver> drivers;
    Timestamp told;  // source time
  };
  /// The least time between two AlarmUpdated of one alarm.
  static constexpr Duration kUpdateEvery = Duration::seconds(30);

  /// Takes the alarms over that are not cleared.
  void restore(const Snapshot& snapshot);

  /// Does nothing while the source's alarm is open. `what.alarm` is filled from `next_id`.
  void raise(AlarmRaised what, Timestamp at, std::uint64_t& next_id, std::vector<Event>& events);

  /// Tells when the picture changed: another leading driver, another set of main drivers, or twice
  /// the score.
  void update(std::string_view source, const std::string& name, double score,
              const std::vector<Driver>& drivers, Timestamp at, std::vector<Event>& events);

  void clear(std::string_view source, std::vector<Event>& events);

  /// Ends the shelving of alarms whose time ran out, once each.
  void expire_shelving(const Snapshot& working, Timestamp now, std::vector<Event>& events);

  bool is_open(std::string_view source) const { return open_.contains(source); }
  const std::map<std::string, Open, std::less<>>& open() const { return open_; }
  /// Changes whenever an alarm is raised or cleared.
  std::uint64_t revision() const { return revision_; }

 private:
  std::map<std::string, Open, std::less<>> open_;  // by source
  std::map<std::uint64_t, Timestamp> expired_;     // alarm -> the shelving that was ended
  std::uint64_t revision_ = 0;
};

/// The drivers that a person should be told of: at least a fifth of the finding each, at most
/// three, at least the first.
std::vector<Driver> main_drivers(const std::vector<Driver>& drivers);

/// The drivers of an episode rather than of one row: the rows' contributions, older ones fading;
/// newest values.
class DriverMix {
 public:
  void add(const std::vector<Driver>& drivers);
  void forget() { mix_.clear(); }
  /// Largest first; contributions add up to 1.
  std::vector<Driver> drivers() const;

 private:
  static constexpr double kFade = 0.8;
  std::vector<Driver> mix_;
};

}  // namespace gemel::inference
