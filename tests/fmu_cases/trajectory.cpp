#include "trajectory.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>

#include "base/csv_reader.hpp"
#include "base/text.hpp"

namespace gemel::fmu {
namespace {

/// Some tools write Output(1,2).
std::string plain_name(std::string_view cell) {
  std::string name(text::trim(cell));
  std::replace(name.begin(), name.end(), '(', '[');
  std::replace(name.begin(), name.end(), ')', ']');
  return name;
}

/// The rows before and after each event.
using Pair = std::pair<std::size_t, std::size_t>;

std::vector<Pair> events_of(const std::vector<double>& times) {
  std::vector<Pair> pairs;
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (times[i] != times[i - 1]) continue;
    if (!pairs.empty() && times[i] == times[pairs.back().second]) {
      pairs.back().second = i;
    } else {
      pairs.emplace_back(i - 1, i);
    }
  }
  return pairs;
}

/// Our event for each of the reference's: the one of the same number where there are as many, for a
/// ball that touches and leaves the ground has two within a picosecond; otherwise the nearest.
std::vector<std::optional<Pair>> matched(const std::vector<double>& ours,
                                         const std::vector<double>& reference, double tolerance) {
  const auto own = events_of(ours), theirs = events_of(reference);
  std::vector<std::optional<Pair>> found(theirs.size());
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    const double t = reference[theirs[i].first];
    const auto distance = [&](const Pair& pair) { return std::abs(ours[pair.first] - t); };
    if (own.empty()) continue;
    const auto nearest =
        std::min_element(own.begin(), own.end(),
                         [&](const Pair& a, const Pair& b) { return distance(a) < distance(b); });
    const auto& match = own.size() == theirs.size() ? own[i] : *nearest;
    if (distance(match) <= tolerance) found[i] = match;
  }
  return found;
}

double interpolated(const Trajectory& ours, std::size_t column, double t, RowsAtEvents side) {
  const auto& times = ours.times_s;
  const auto first = static_cast<std::size_t>(
      std::lower_bound(times.begin(), times.end(), t - 1e-9) - times.begin());
  if (side == RowsAtEvents::Before && first < times.size() && times[first] < t + 1e-9)
    return ours.at(first, column);
  const auto after = static_cast<std::size_t>(
      std::upper_bound(times.begin(), times.end(), t + 1e-9) - times.begin());
  if (after == 0) return ours.at(0, column);
  const auto before = after - 1;
  if (after == times.size() || std::abs(times[before] - t) < 1e-9) return ours.at(before, column);
  const double share = (t - times[before]) / (times[after] - times[before]);
  return ours.at(before, column) + share * (ours.at(after, column) - ours.at(before, column));
}

}  // namespace

Result<Trajectory> read_trajectory(const std::filesystem::path& csv) {
  std::ifstream in(csv, std::ios::binary);
  if (!in) return Error{ErrorCode::NotFound, csv.string() + " is not there"};
  CsvReader reader(csv.string(), '\0', [&in](std::span<char> to) {
    in.read(to.data(), static_cast<std::streamsize>(to.size()));
    return static_cast<std::size_t>(in.gcount());
  });
  Trajectory read;
  for (bool header = true;;) {
    GEMEL_ASSIGN(const bool more, reader.next());
    if (!more) return read;
    const auto cells = reader.cells();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (header) {
        if (i > 0) read.names.push_back(plain_name(cells[i]));
        continue;
      }
      double value = 0.0;
      if (!text::parse_number(text::trim(cells[i]), value))
        return Error{ErrorCode::InvalidInput, reader.place(i) + ": no number"};
      (i == 0 ? read.times_s : read.values).push_back(value);
    }
    header = false;
  }
}

Trajectory trajectory_of(const Recording& recording) {
  return {recording.names, recording.times_s, recording.values};
}

Result<Deviation> deviation(const Trajectory& ours, const Trajectory& reference,
                            const Comparison& comparison) {
  const auto events = events_of(reference.times_s);
  const auto matches = matched(ours.times_s, reference.times_s, comparison.event_tolerance_s);
  Deviation worst{-1.0, ""};
  for (std::size_t c = 0; c < reference.names.size(); ++c) {
    const auto found = std::find(ours.names.begin(), ours.names.end(), reference.names[c]);
    if (found == ours.names.end())
      return Error{ErrorCode::NotFound, reference.names[c] + " is not recorded"};
    const auto column = static_cast<std::size_t>(found - ours.names.begin());
    double squares = 0.0, low = reference.at(0, c), high = low;
    const auto& times = reference.times_s;
    std::size_t event = 0;
    for (std::size_t r = 0; r < times.size(); ++r) {
      const double truth = reference.at(r, c);
      low = std::min(low, truth);
      high = std::max(high, truth);
      while (event < events.size() && events[event].second < r) ++event;
      const bool at_event = event < events.size() && events[event].first <= r;
      double value = interpolated(ours, column, times[r], comparison.rows);
      if (at_event && matches[event]) {
        const auto& pair = *matches[event];
        value = ours.at(r == events[event].first ? pair.first : pair.second, column);
      }
      if (r > 0 || comparison.first_row_counts) squares += (value - truth) * (value - truth);
    }
    const double range = high - low > 0.0 ? high - low : 1.0;
    const double relative = std::sqrt(squares / static_cast<double>(times.size())) / range;
    if (relative > worst.worst) worst = {relative, reference.names[c]};
  }
  return worst;
}

}  // namespace gemel::fmu
