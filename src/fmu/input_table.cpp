#include "fmu/input_table.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <map>

#include "base/check.hpp"
#include "base/csv_reader.hpp"
#include "base/text.hpp"

namespace gemel::fmu {
namespace {

constexpr std::size_t kValuesMax = 50'000'000;

bool can_be_input(const Variable& variable) {
  return variable.causality == Causality::Input || (variable.causality == Causality::Parameter &&
                                                    variable.variability == Variability::Tunable);
}

Error wrong(const std::string& place, const std::string& what) {
  return {ErrorCode::InvalidInput, place + ": " + what};
}

}  // namespace

Result<InputTable> InputTable::read(const std::filesystem::path& file,
                                    const ModelDescription& description) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return Error{ErrorCode::NotFound, file.string() + " can't be read; name a CSV file of inputs"};
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return parse(text, file.string(), description);
}

Result<InputTable> InputTable::parse(std::string_view text, std::string_view name,
                                     const ModelDescription& description) {
  CsvReader reader(std::string(name), '\0', [text](std::span<char> to) mutable {
    const auto n = std::min(to.size(), text.size());
    text.copy(to.data(), n);
    text.remove_prefix(n);
    return n;
  });
  InputTable table;
  bool header = true;
  for (;;) {
    GEMEL_ASSIGN(const bool more, reader.next());
    if (!more) break;
    if (std::exchange(header, false)) {
      GEMEL_TRY(table.take_header(reader.cells(), name, description));
      continue;
    }
    if (reader.cells().size() != table.width_ + 1) {
      return wrong(reader.place(0), std::to_string(reader.cells().size()) + " cells, but " +
                                        std::to_string(table.width_ + 1) + " in the header");
    }
    if (table.values_.size() + table.width_ > kValuesMax)
      return Error{ErrorCode::Capacity, std::string(name) + ": more than 50,000,000 values"};
    for (std::size_t i = 0; i < reader.cells().size(); ++i) {
      double value = 0.0;
      if (!text::parse_number(text::trim(reader.cells()[i]), value))
        return wrong(reader.place(i), "'" + std::string(reader.cells()[i]) + "' is no number");
      if (i > 0) {
        table.values_.push_back(value);
      } else if (!table.times_.empty() && value < table.times_.back()) {
        return wrong(reader.place(i), "the time goes back; sort the rows by time");
      } else {
        table.times_.push_back(value);
      }
    }
  }
  if (table.times_.empty())
    return wrong(std::string(name), "no rows; write a header and at least one row");
  table.find_events();
  return table;
}

Result<void> InputTable::take_header(std::span<const std::string_view> cells, std::string_view name,
                                     const ModelDescription& description) {
  width_ = cells.size() - 1;
  std::map<std::string, std::size_t, std::less<>> column;
  for (std::size_t i = 1; i < cells.size(); ++i) column.emplace(text::trim(cells[i]), i - 1);
  if (column.size() != width_) return wrong(std::string(name) + ":1", "a column is there twice");
  std::vector<const Variable*> continuous, discrete;
  std::vector<std::size_t> discrete_source;
  for (const auto& variable : description.variables) {
    if (variable.type == Type::String || variable.type == Type::Binary) continue;
    const auto names = element_names(description, variable);
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < names.size(); ++i) {
      auto at = column.find(names[i]);
      for (std::size_t a = 0;
           at == column.end() && names.size() == 1 && a < variable.aliases.size(); ++a)
        at = column.find(variable.aliases[a]);
      if (at == column.end()) continue;
      found.push_back(at->second);
      column.erase(at);
    }
    if (found.empty()) continue;
    if (!can_be_input(variable)) {
      return wrong(std::string(name) + ":1", variable.name + " is no input; it is a " +
                                                 std::string(to_string(variable.causality)));
    }
    if (found.size() != names.size())
      return wrong(std::string(name) + ":1", "not all elements of " + variable.name + " are there");
    if (variable.type == Type::Clock) {
      clocks_.emplace_back(found.front(), variable.reference);
      continue;
    }
    const bool floats = variable.type == Type::Float64 || variable.type == Type::Float32;
    const bool any_time = floats && variable.variability == Variability::Continuous;
    (any_time ? continuous : discrete).push_back(&variable);
    auto& source = any_time ? source_ : discrete_source;
    source.insert(source.end(), found.begin(), found.end());
  }
  if (!column.empty()) {
    const auto& unknown = column.begin()->first;
    std::vector<std::string> names;
    for (const auto& each : description.variables) {
      if (can_be_input(each)) names.push_back(each.name);
    }
    return wrong(std::string(name) + ":1", "'" + unknown + "' is no input of " +
                                               description.model_name +
                                               text::did_you_mean(unknown, names));
  }
  source_.insert(source_.end(), discrete_source.begin(), discrete_source.end());
  GEMEL_ASSIGN(continuous_, VariableRow::make(description, continuous));
  GEMEL_ASSIGN(discrete_, VariableRow::make(description, discrete));
  return {};
}

void InputTable::find_events() {
  for (std::size_t r = 0; r < times_.size(); ++r) {
    bool event = r > 0 && times_[r] == times_[r - 1];
    for (std::size_t c = continuous_.size(); !event && r > 0 && c < source_.size(); ++c)
      event = values_[r * width_ + source_[c]] != values_[(r - 1) * width_ + source_[c]];
    for (const auto& [column, reference] : clocks_)
      event = event || values_[r * width_ + column] != 0.0;
    if (event && (events_.empty() || events_.back() < times_[r])) events_.push_back(times_[r]);
  }
}

void InputTable::at(double time_s, Side side, std::span<double> row) const {
  GEMEL_CHECK(row.size() == source_.size());
  // `next` is the first row after the moment; the row before it is in force.
  const auto next = static_cast<std::size_t>(
      (side == Side::After ? std::upper_bound(times_.begin(), times_.end(), time_s)
                           : std::lower_bound(times_.begin(), times_.end(), time_s)) -
      times_.begin());
  const auto now = next == 0 ? 0 : next - 1;
  const bool between = next > 0 && next < times_.size() && times_[next] > times_[now];
  const double share = between ? (time_s - times_[now]) / (times_[next] - times_[now]) : 0.0;
  for (std::size_t c = 0; c < row.size(); ++c) {
    const double left = values_[now * width_ + source_[c]];
    row[c] = between && c < continuous_.size()
                 ? left + share * (values_[next * width_ + source_[c]] - left)
                 : left;
  }
}

std::optional<double> InputTable::next_event(double after_s) const {
  const auto found = std::upper_bound(events_.begin(), events_.end(), after_s);
  return found == events_.end() ? std::nullopt : std::optional(*found);
}

std::vector<ValueReference> InputTable::ticks(double time_s) const {
  std::vector<ValueReference> due;
  if (clocks_.empty()) return due;
  const auto [first, last] = std::equal_range(times_.begin(), times_.end(), time_s);
  for (auto row = first; row != last; ++row) {
    const auto r = static_cast<std::size_t>(row - times_.begin());
    for (const auto& [column, reference] : clocks_) {
      const bool known = std::find(due.begin(), due.end(), reference) != due.end();
      if (values_[r * width_ + column] != 0.0 && !known) due.push_back(reference);
    }
  }
  return due;
}

}  // namespace gemel::fmu
