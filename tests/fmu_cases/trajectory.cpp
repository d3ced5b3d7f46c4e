#include "trajectory.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

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

/// Where in `times` a moment lies: the last row of the nearest event within the tolerance, or
/// nothing.
class Events {
 public:
  explicit Events(const std::vector<double>& times) {
    for (std::size_t i = 1; i < times.size(); ++i) {
      if (times[i] != times[i - 1]) continue;
      if (!pairs_.empty() && times[i] == times[pairs_.back().second]) {
        pairs_.back().second = i;
      } else {
        pairs_.emplace_back(i - 1, i);
      }
    }
  }
  const std::pair<std::size_t, std::size_t>* near(const std::vector<double>& times, double t,
                                                  double tolerance) const {
    const std::pair<std::size_t, std::size_t>* best = nullptr;
    double distance = tolerance;
    for (const auto& pair : pairs_) {
      if (std::abs(times[pair.first] - t) > distance) continue;
      distance = std::abs(times[pair.first] - t);
      best = &pair;
    }
    return best;
  }

 private:
  std::vector<std::pair<std::size_t, std::size_t>> pairs_;  // first and last row
};

double interpolated(const Trajectory& ours, std::size_t column, double t) {
  const auto& times = ours.times_s;
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
                            double event_tolerance_s) {
  const Events events(ours.times_s);
  Deviation worst{-1.0, ""};
  for (std::size_t c = 0; c < reference.names.size(); ++c) {
    const auto found = std::find(ours.names.begin(), ours.names.end(), reference.names[c]);
    if (found == ours.names.end())
      return Error{ErrorCode::NotFound, reference.names[c] + " is not recorded"};
    const auto column = static_cast<std::size_t>(found - ours.names.begin());
    double squares = 0.0, low = reference.at(0, c), high = low;
    const auto& times = reference.times_s;
    for (std::size_t r = 0; r < times.size(); ++r) {
      const double truth = reference.at(r, c);
      low = std::min(low, truth);
      high = std::max(high, truth);
      const bool first = r + 1 < times.size() && times[r + 1] == times[r];
      const bool second = r > 0 && times[r - 1] == times[r];
      double value = interpolated(ours, column, times[r]);
      if (first || second) {
        if (const auto* pair = events.near(ours.times_s, times[r], event_tolerance_s))
          value = ours.at(first ? pair->first : pair->second, column);
      }
      squares += (value - truth) * (value - truth);
    }
    const double range = high - low > 0.0 ? high - low : 1.0;
    const double relative = std::sqrt(squares / static_cast<double>(times.size())) / range;
    if (relative > worst.worst) worst = {relative, reference.names[c]};
  }
  return worst;
}

}  // namespace gemel::fmu
