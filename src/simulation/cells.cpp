#include "simulation/cells.hpp"

#include <algorithm>
#include <cmath>

namespace gemel::simulation {
namespace {

constexpr std::size_t kRecordsMax = 50'000'000;
constexpr std::size_t kCellsMax = 1'000'000;

/// Pooled over cells. The median keeps cells in which the signal really moved from counting as
/// noise.
double noise_of(const Column& column, const std::vector<double>& squares) {
  std::vector<double> variances;
  for (std::size_t i = 0; i < squares.size(); ++i) {
    const double n = column.count[i];
    if (n >= 4.0)
      variances.push_back((squares[i] - n * column.mean[i] * column.mean[i]) / (n - 1.0));
  }
  if (variances.empty()) return 0.0;
  const auto middle = variances.begin() + static_cast<std::ptrdiff_t>(variances.size() / 2);
  std::nth_element(variances.begin(), middle, variances.end());
  return std::sqrt(std::max(*middle, 0.0));
}

}  // namespace

Result<Column> read_column(const HistoryReader& history, const Signal& signal, TimeRange range,
                           Timestamp known_at) {
  const bool open = range.from == Timestamp::min() || range.until == Timestamp::max();
  const auto cells = open || range.until <= range.from
                         ? 0
                         : static_cast<std::size_t>((range.until - range.from).ns / kCell.ns);
  if (cells == 0 || cells > kCellsMax) {
    return Error{ErrorCode::InvalidInput, "the stretch to learn from must be longer than " +
                                              to_string(kCell) + " and shorter than " +
                                              to_string(kCell * kCellsMax)};
  }
  GEMEL_ASSIGN(const auto records, history.read(signal.id, range, known_at, kRecordsMax));
  Column column{std::vector<double>(cells), std::vector<std::uint32_t>(cells), 0.0};
  std::vector<double> squares(cells);
  // Sums about the first value: pressures in Pa would lose their small noise to cancellation.
  const double origin = records.empty() ? 0.0 : signal.unit.to_si(records.front().value);
  for (const auto& record : records) {
    const auto cell = static_cast<std::size_t>((record.source_time - range.from).ns / kCell.ns);
    if (!record.quality.usable() || cell >= cells) continue;
    const double value = signal.unit.to_si(record.value) - origin;
    column.mean[cell] += value;
    squares[cell] += value * value;
    ++column.count[cell];
  }
  for (std::size_t i = 0; i < cells; ++i) {
    if (column.count[i] > 0) column.mean[i] /= column.count[i];
  }
  column.noise_sd = noise_of(column, squares);
  for (auto& mean : column.mean) mean += origin;
  return column;
}

}  // namespace gemel::simulation
