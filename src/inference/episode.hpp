#pragma once
// When a run of abnormal rows becomes an alarm, and when the alarm is over: delays on both sides,
// so that alarms are few and stay quiet.

#include <array>
#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "inference/conformal.hpp"

namespace gemel::inference {

enum class Turn : std::uint8_t { None, Raise, Clear };

/// Notices an alarm that comes and goes. After three raises within ten minutes it asks for a
/// fourfold off-delay, so that the alarm stays up instead of chattering, until the plant has been
/// calmer for ten minutes.
class ChatterGuard {
 public:
  static constexpr Duration kWithin = Duration::minutes(10);

  void raised(Timestamp at);
  std::int64_t off_factor(Timestamp now) const;

 private:
  std::array<Timestamp, 3> raises_{Timestamp::min(), Timestamp::min(),
                                   Timestamp::min()};  // newest last
};

/// Raised when `on` of the last `of` scores reach 1; cleared when `off` scores in a row are below
/// `clear_below`.
class Episode {
 public:
  Episode(EpisodeRule rule, double clear_below);

  Turn observe(Timestamp time, double score);
  /// After a restart: an alarm is open. Its end is judged anew.
  void restore_open() { open_ = true; }

  bool open() const { return open_; }
  /// Abnormal rows among the last `of`.
  std::size_t abnormal_rows() const { return abnormal_; }
  /// Of the first abnormal row among the last `of`, when the alarm was raised.
  Timestamp onset() const { return onset_; }

 private:
  struct Seen {
    Timestamp time;
    bool abnormal = false;
  };
  void remember(Timestamp time, bool abnormal);
  Timestamp first_abnormal() const;

  EpisodeRule rule_;
  double clear_below_;
  std::vector<Seen> last_;  // a ring of `of` rows
  std::size_t next_ = 0;
  std::size_t abnormal_ = 0;
  std::size_t calm_ = 0;
  bool open_ = false;
  Timestamp onset_ = Timestamp::min();
  ChatterGuard chatter_;
};

}  // namespace gemel::inference
