#pragma once
// Removes what the plant's signals need not keep any longer.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "core/plant.hpp"
#include "postgres/detail/connection.hpp"

namespace gemel::postgres::detail {

/// Of each signal the newest value and the newest gap mark stay, however old: they are what is
/// believed of it. Events stay for ever: they are the audit trail. Threads: one.
class Upkeep {
 public:
  Upkeep(Address address, std::string schema, const Plant& plant,
         std::vector<std::int32_t> numbers);

  struct Done {
    bool something = false;  // false: nothing was due
    std::uint64_t samples = 0;
  };
  /// Removes at most kPiece samples of one signal, or the frames before everything that is kept.
  /// `now`: known_at of the newest frame.
  Result<Done> tend(Timestamp now);

 private:
  static constexpr std::uint64_t kPiece = 10'000;

  Result<std::uint64_t> forget_samples(std::size_t signal, Timestamp before);
  Result<std::uint64_t> forget_frames(Timestamp before);
  Result<void> make_sure_connected();

  const Address address_;
  const std::string schema_;
  const std::vector<std::int32_t> numbers_;
  std::vector<Duration> keep_;      // of each signal, and of the frames at the end; zero: for ever
  std::vector<Timestamp> next_at_;  // when each of them is due
  std::size_t next_ = 0;            // where the search for the next that is due goes on
  std::optional<Connection> connection_;
};

}  // namespace gemel::postgres::detail
