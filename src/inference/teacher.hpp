#pragma once
// Finds the stretch of history a detector learns from, and knows what was learnt before a restart.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/detector.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "inference/detector_watch.hpp"
#include "inference/input_drift.hpp"

namespace gemel::inference {

/// A detector with what the history says of its training.
struct Lesson {
  std::shared_ptr<const Detector> detector;
  TimeRange stretch;
  std::size_t rows = 0;
  bool learnt_before = false;          // the same version was announced before the restart
  std::vector<Timestamp> alarms;       // that this version raised, by the record: their onsets
  std::optional<InputDrift> inputs{};  // what it learnt from, to compare with
};

/// Threads: one.
class Teacher {
 public:
  Teacher(std::shared_ptr<const Plant> plant, std::uint64_t seed)
      : plant_(std::move(plant)), seed_(seed) {}

  /// What a subject is to learn from now.
  struct Assignment {
    TimeRange stretch;
    Timestamp known_at;          // as of when
    std::string version_before;  // learnt before the restart from the same stretch; may be empty
  };
  /// Nothing while the stretch isn't complete, or when it was tried and can't be learnt from.
  /// Errors: those of the history.
  Result<std::optional<Assignment>> assign(const std::string& subject, const TrainingSpec& training,
                                           const HistoryReader& history, TimeRange extent);
  /// What the assignment came to. When it held too few usable rows, a Notice is added once; the
  /// first stretch is then tried again at twice its length. A fixed range is not: the twin file
  /// asks for what isn't there.
  void passed(const std::string& subject) { asked_.erase(subject); }
  void failed(const std::string& subject, const TrainingSpec& training, TimeRange stretch,
              const Error& why, std::vector<Event>& events);

  /// Lets a detector learn. Rows of episodes that a person labelled as real, of alarms on the same
  /// asset, are left out; what was labelled after the training counts at the next one. Errors:
  /// those of the history.
  Result<std::optional<Lesson>> teach(const DetectorWatch& watch, const HistoryReader& history,
                                      TimeRange extent, std::vector<Event>& events);

  /// A person wants this subject to learn again; holds until it was tried.
  void ask(const RetrainAsked& asked);
  bool is_asked(const std::string& subject) const { return asked_.contains(subject); }

  /// Whether a detector that has learnt could learn from a longer stretch now. Kinds that grow
  /// learn from the first stretch, so that they watch soon, and again when there is a day and a
  /// week from the same beginning: an hour doesn't show what a day is like.
  bool may_grow(const DetectorWatch& watch, TimeRange extent) const;

 private:
  struct Earlier {
    Trained trained;
    Timestamp known_at;
  };
  /// An alarm that a person found to be real.
  struct RealEpisode {
    std::string asset;
    TimeRange range;
    Timestamp known_at;  // of the label
  };
  Result<void> recall(const HistoryReader& history);
  std::optional<TimeRange> next_stretch(const DetectorWatch& watch) const;
  void leave_out(TimeRange range, RowTable& rows) const;
  void leave_out_open(const DetectorSpec& spec, Timestamp known_at, RowTable& rows) const;
  void leave_out_real(const DetectorSpec& spec, Timestamp known_at, RowTable& rows) const;
  std::optional<TimeRange> stretch_of(const std::string& subject, const TrainingSpec& training,
                                      TimeRange extent, const Earlier* earlier) const;
  const Earlier* earlier_of(const std::string& subject, const TrainingSpec& training) const;

  std::shared_ptr<const Plant> plant_;
  std::uint64_t seed_;
  bool recalled_ = false;
  std::map<std::string, TimeRange> asked_;   // by subject: not tried yet
  std::map<std::string, TimeRange> chosen_;  // by subject: by a person, instead of the twin file's
  std::vector<RealEpisode> real_;
  struct Onset {
    std::string version;
    Timestamp at;
  };
  std::map<std::string, std::vector<Onset>> onsets_;  // of alarms, by source
  /// An alarm of the record.
  struct Told {
    std::string asset;
    Timestamp onset;
    Timestamp raised_known_at;
    Timestamp cleared_known_at = Timestamp::max();
  };
  std::map<std::uint64_t, Told> alarms_;            // by id
  std::map<std::string, Earlier> earlier_;          // by subject
  std::map<std::string, TimeRange> learnt_;         // by subject: what is at work learnt from
  std::map<std::string, std::uint32_t> doublings_;  // of the first stretch, by detector
  std::map<std::string, TimeRange> failed_;         // the stretch that was too thin
};

}  // namespace gemel::inference
