#pragma once
// Watches whether rows still come from where the rows came from that were learnt from.

#include <optional>
#include <span>
#include <vector>

#include "core/detector.hpp"
#include "core/event.hpp"
#include "inference/learning_rows.hpp"

namespace gemel::inference {

/// Keeps about 250 rows of the training stretch and as many of the newest stretch of the same
/// length, so that daily patterns are seen whole, and compares them signal by signal (population
/// stability, Kolmogorov and Smirnov) and together (maximum mean discrepancy). How far one half of
/// the training stretch is from the other says what is usual. Each signal, and all together, is
/// told once, and again only after it was calm, at most once a day. Cost: a row copied now and
/// then; a comparison each tenth of the stretch. Threads: one.
class InputDrift {
 public:
  /// Units: whatever the rows are in.
  explicit InputDrift(const RowTable& learnt);

  struct Found {
    std::optional<std::size_t> slot;  // empty: all together
    double statistic = 0.0;           // 1 is the limit
    Timestamp since;                  // of the rows that differ
    std::string detail;
  };
  /// Takes the next row; appends what drifted.
  void take(const Row& row, std::vector<Found>& found);

 private:
  struct Watch {
    double limit = 0.0;
    bool told = false;
    Timestamp told_at = Timestamp::min();
  };
  static constexpr std::size_t kKept = 250;
  static constexpr std::size_t kCompared = 10;  // times a stretch

  bool add(const Row& row);
  void compare(std::vector<Found>& found);
  void judge(Watch& watch, double statistic, std::optional<std::size_t> slot,
             const std::string& detail, std::vector<Found>& found) const;

  std::size_t width_;
  std::size_t stride_ = 1;
  std::vector<double> then_;  // rows x width
  std::vector<double> middle_, scale_;
  std::vector<double> now_;  // a ring of rows
  std::vector<Timestamp> times_;
  std::size_t next_ = 0, filled_ = 0, skipped_ = 0, since_compared_ = 0;
  std::vector<Watch> signals_;
  Watch together_;
};

}  // namespace gemel::inference
