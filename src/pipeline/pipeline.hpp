#pragma once
// Judges every sample before it is recorded: calibrates, checks against what is plausible, marks
// quality, and marks silence. Nothing is dropped; bad samples are evidence.

#include <cstdint>
#include <string>
#include <vector>

#include "core/plant.hpp"
#include "core/sample.hpp"
#include "core/snapshot.hpp"

namespace gemel::pipeline {

/// The clock of an asset's device runs ahead of ours.
struct SkewNotice {
  AssetId asset;
  Duration ahead;  // of the sample that caused the notice
};

/// "line_1.pump_1: source times are 3.2 s ahead of this machine's clock; …"
std::string describe(const SkewNotice& notice, const Plant& plant);

/// Order:     clean() with the samples in the order of their arrival; `now` never goes back.
/// Threads:   one.
/// Lifetime:  the plant must outlive it.
/// Cost:      O(1) a sample, O(signals) for mark_gaps(). Allocates nothing after construction,
/// except in the vectors
///            handed in.
/// The same samples in the same order get the same marks however they are cut into batches.
class Pipeline {
 public:
  /// A source time this far after `now` is a small disagreement of clocks; further is marked
  /// ClockSkew.
  static constexpr Duration kSkewTolerance = Duration::seconds(2);
  /// An asset's skew is noticed at most once in this time.
  static constexpr Duration kSkewNoticeEvery = Duration::minutes(10);

  explicit Pipeline(const Plant& plant);

  /// Takes up the thread after a restart: what was last seen of each signal.
  void restore(const Snapshot& snapshot);

  /// Calibrates and judges the samples in place; no source time is later than `now` afterwards.
  /// Appends a Missing sample for each gap that they ended and that was not marked before. Returns
  /// how many it appended. A sample whose quality is Bad already stays so; a Missing one tells of a
  /// silence that the source itself noticed.
  std::size_t clean(std::vector<Sample>& samples, Timestamp now);

  /// Appends a Missing sample for each signal of which nothing has arrived for longer than its gap,
  /// once a gap. Its source time is that of the last sample plus the gap. A signal that never came
  /// gets none.
  void mark_gaps(Timestamp now, std::vector<Sample>& out);

  /// Clock skew noticed since the last call.
  std::vector<SkewNotice> take_skew_notices();

 private:
  /// What the checks remember of a signal. Times are source times unless said otherwise.
  struct Memory {
    Timestamp newest = Timestamp::min();   // min(): nothing came yet
    Timestamp arrival = Timestamp::min();  // `now` of the newest sample
    Timestamp trusted_time = Timestamp::min();
    double trusted_value = 0.0;
    Timestamp unchanged_since = Timestamp::min();
    double last_value = 0.0;
    bool gap_marked = false;
  };

  /// What the checks ask of a signal, close together: a plant's Signal is mostly names.
  struct Checks {
    explicit Checks(const Signal& signal);
    double gain, offset;
    Limits range;
    double rate_limit_per_s;
    Duration gap, stuck_after;
  };
  struct Watched {
    Checks checks;
    Memory memory;
  };

  void fetch(SignalId signal) const;
  void judge(Sample& sample, Timestamp now);
  void check_clock(Sample& sample, Timestamp now);
  static void check_value(Sample& sample, const Checks& checks);
  void end_gap(const Sample& sample, const Checks& checks, Memory& memory);
  static void check_rate(Sample& sample, const Checks& checks, Memory& memory);
  static void check_stuck(Sample& sample, const Checks& checks, Memory& memory);

  const Plant& plant_;
  std::vector<Watched> watched_;  // by signal
  std::vector<Sample> marks_;
  std::vector<Timestamp> skew_noticed_;  // per asset; min(): never
  std::vector<SkewNotice> skew_notices_;
};

}  // namespace gemel::pipeline
