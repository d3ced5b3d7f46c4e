#pragma once
// Watches the sensors themselves, without training: dead, stuck, faulty, or a whole link gone.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "core/plant.hpp"
#include "core/sample.hpp"
#include "core/snapshot.hpp"
#include "inference/alarms.hpp"

namespace gemel::inference {

/// When everything that a source or an asset sends is silent at once, that is one alarm for the
/// source or the asset (the largest such group), not one for each signal. A signal counts as silent
/// when its gap is open or when it is twice its period late; so the first gap of a lost link
/// already finds the others silent too.
///
/// Alarms' sources: "source.<name>.link", "<asset>.link", "<signal>.sensor".
/// Threads: one.
class SensorWatch {
 public:
  explicit SensorWatch(std::shared_ptr<const Plant> plant);

  /// Takes the beliefs and open alarms over. `book` must have been restored before.
  void restore(const Snapshot& snapshot, const AlarmBook& book);

  /// Cost: constant.
  void take(const Sample& sample, Timestamp now);
  /// Tells the processor that a sample of the signal comes soon.
  void fetch(SignalId signal) const { __builtin_prefetch(&sensors_[signal.index], 1); }

  /// Raises and clears; silence counts only some seconds after the first call. Cost: in proportion
  /// to the signals in trouble.
  void judge(Timestamp now, AlarmBook& book, std::uint64_t& next_id, std::vector<Event>& events);

  /// Whether an alarm of that source could be of this watch and this plant.
  bool knows(std::string_view source) const;

 private:
  enum class Trouble : std::uint8_t { None, Stuck, Faulty };
  struct Sensor {
    bool measured = false;  // as the plant says; here, where it is looked at with the rest
    Timestamp value_time = Timestamp::min();     // source time
    Timestamp heard = Timestamp::min();          // when the newest value came
    Timestamp missing_known = Timestamp::max();  // max(): not missing
    Trouble trouble = Trouble::None;
    Timestamp trouble_since;        // source time
    std::uint16_t causes = 0;       // of the newest troubled value
    std::uint32_t good_in_row = 0;  // values since the last troubled one
    double value = 0.0;
    bool listed = false;                // among troubled_
    std::vector<std::uint32_t> groups;  // largest first

    bool missing() const { return missing_known != Timestamp::max(); }
  };
  struct Group {
    std::string source;  // of its alarm
    std::string name;
    std::string asset;
    std::string cause;
    std::string action;
    std::vector<std::uint32_t> members;
    Timestamp back_since = Timestamp::max();
    bool open = false;
  };

  void group_by_source();
  void group_by_asset();
  void add_group(Group group);
  std::vector<std::uint32_t> watched_below(const Asset& asset) const;
  std::string alarm_source(std::uint32_t signal) const;
  void note_value(Sensor& sensor, const Sample& sample);
  void list(std::uint32_t signal);
  bool silent(std::uint32_t signal, Timestamp now) const;
  bool all_silent(const Group& group, Timestamp now) const;
  bool any_group_open(const Sensor& sensor) const;
  bool open_group_of(std::uint32_t signal, Timestamp now, AlarmBook& book, std::uint64_t& next_id,
                     std::vector<Event>& events);
  void raise_group(Group& group, Timestamp now, AlarmBook& book, std::uint64_t& next_id,
                   std::vector<Event>& events);
  void close_groups(Timestamp now, AlarmBook& book, std::vector<Event>& events);
  void judge_sensor(std::uint32_t signal, Timestamp now, AlarmBook& book, std::uint64_t& next_id,
                    std::vector<Event>& events);
  AlarmRaised describe(std::uint32_t signal) const;
  bool still_in_trouble(std::uint32_t signal, Timestamp now) const;
  bool due(std::uint32_t signal, Timestamp now) const;

  std::shared_ptr<const Plant> plant_;
  std::vector<Sensor> sensors_;  // by signal
  std::vector<Group> groups_;
  std::vector<std::uint32_t> troubled_;
  Timestamp began_ = Timestamp::min();  // the first `now`
};

}  // namespace gemel::inference
