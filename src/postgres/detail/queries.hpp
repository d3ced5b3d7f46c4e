#pragma once
// The questions of the History port in SQL.

#include <cstdint>
#include <string>
#include <vector>

#include "core/history.hpp"
#include "postgres/detail/read_pool.hpp"

namespace gemel::postgres::detail {

/// As HistoryReader says. Threads: any.
class Queries {
 public:
  /// `numbers`: of the plant's signals in the database.
  Queries(Address address, std::string schema, std::vector<std::int32_t> numbers);

  Result<std::vector<Record>> read(SignalId signal, TimeRange range, Timestamp known_at,
                                   std::size_t limit) const;
  Result<BeliefTable> beliefs(Timestamp at, Timestamp known_at) const;
  Result<std::vector<Bucket>> downsample(SignalId signal, TimeRange range, std::size_t count,
                                         Timestamp known_at) const;
  Result<std::vector<Event>> events(TimeRange known, std::size_t limit) const;
  Result<Timestamp> frame_at_or_before(Timestamp t) const;
  Result<TimeRange> extent() const;

 private:
  const std::vector<std::int32_t> numbers_;
  const std::string all_numbers_;  // as an SQL array
  mutable ReadPool pool_;          // has its own lock
};

}  // namespace gemel::postgres::detail
