#pragma once
// Runs an expression over samples: the value of every term at one instant after the other.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "core/expression.hpp"
#include "core/plant.hpp"
#include "core/sample.hpp"
#include "inference/moving_window.hpp"

namespace gemel::inference {

/// In the order of Kleene's logic: `and` is the smaller, `or` the larger.
enum class Truth : std::uint8_t { False, Unknown, True };

/// A value is known while it is usable and not older than its signal's gap (three periods at
/// least); a signal without a declared gap may be silent as long as it likes. What can't be
/// computed (a division by zero, a window that isn't full) is unknown. `x for 1 min` is unknown
/// while x has been true for less than that and its beginning was not seen.
///
/// Threads: one. Cost: linear in the terms, and allocates only when made.
class ExpressionRun {
 public:
  ExpressionRun(std::shared_ptr<const Expression> expression, const Plant& plant);

  const Expression& expression() const { return *expression_; }

  /// False for a sample that is older than what is known of its signal: it is left out.
  bool take(std::size_t slot, const Sample& sample);

  /// The truth of the whole at an instant not before the last. `open`: its alarm stands, so that
  /// comparisons must be missed by their hysteresis to count as false.
  Truth judge(Timestamp now, bool open);

  /// True if every signal has a sample of this very instant.
  bool complete(Timestamp instant) const;

  /// When an inner `for` may become true by time alone; max(): not before another sample.
  Timestamp matures() const;

  /// A term's value at the last judge(). Units: SI.
  std::optional<double> value(std::uint32_t term) const { return known_[term]; }
  /// A signal's newest value, declared unit; may be too old to count.
  std::optional<double> value_of(std::size_t slot) const;

  /// How far back its windows and inner holds reach, one within the other.
  Duration reach() const { return reach_; }
  /// The longest distance of samples that its signals declare.
  Duration period() const { return period_; }

 private:
  struct Input {
    Unit unit;
    Duration fresh_for;  // 0: for ever
    Timestamp time = Timestamp::min();
    double value = 0.0;
    bool usable = false;
  };
  struct Held {
    std::optional<Timestamp> since;  // it has been true
    bool began = false;              // and the beginning was seen: it was false before
    bool was_false = false;
  };
  /// What lies beside a term: its window or hold.
  struct Memory {
    std::uint32_t window = 0;
    std::uint32_t held = 0;
    Duration fresh_for = {};  // of a window: as its signals'; 0: for ever
  };

  std::optional<double> number(std::uint32_t i, Timestamp now);
  std::optional<double> windowed(std::uint32_t i, Timestamp now);
  Truth truth(const Term& term, std::uint32_t i, Timestamp now, bool open);
  Truth compared(const Term& term, bool open) const;
  Truth held(const Term& term, Held& held, Timestamp now);

  std::shared_ptr<const Expression> expression_;
  std::vector<Input> inputs_;                 // by slot
  std::vector<std::optional<double>> known_;  // by term
  std::vector<Truth> truths_;                 // by term
  std::vector<Timestamp> newest_;             // by term: newest sample in it
  std::vector<Memory> memory_;                // by term
  std::vector<MovingWindow> windows_;
  std::vector<Timestamp> fed_;  // by window: the time of its last value
  std::vector<Held> held_;
  Timestamp judged_ = Timestamp::min();
  Duration reach_ = {};
  Duration period_ = {};
};

}  // namespace gemel::inference
