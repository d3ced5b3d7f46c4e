#include "app/life_runs.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <span>

#include "app/history_store.hpp"
#include "app/plant_file.hpp"
#include "base/csv_reader.hpp"
#include "base/text.hpp"

namespace gemel::app {
namespace {

constexpr std::size_t kStepsMost = 200'000;  // of one life

/// A CSV file with a header.
class CsvTable {
 public:
  static Result<std::unique_ptr<CsvTable>> open(const std::string& path) {
    auto table = std::make_unique<CsvTable>(path);
    if (!table->in_)
      return Error{ErrorCode::NotFound, path + " can't be read: " + std::strerror(errno)};
    GEMEL_ASSIGN(const bool any, table->reader_.next());
    if (!any) return Error{ErrorCode::InvalidInput, path + " is empty; it needs a header"};
    for (const auto cell : table->reader_.cells()) table->header_.emplace_back(text::trim(cell));
    return table;
  }
  explicit CsvTable(const std::string& path)
      : path_(path), in_(path, std::ios::binary), reader_(path, 0, [this](std::span<char> into) {
          in_.read(into.data(), static_cast<std::streamsize>(into.size()));
          return static_cast<std::size_t>(in_.gcount());
        }) {}

  const std::vector<std::string>& header() const { return header_; }
  Result<std::size_t> column(const std::string& name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
    if (found != header_.end()) return static_cast<std::size_t>(found - header_.begin());
    return Error{ErrorCode::InvalidInput,
                 path_ + " has no column '" + name + "'" + text::did_you_mean(name, header_)};
  }
  /// The next row, as many cells as the header; false at the end.
  Result<bool> next() {
    GEMEL_ASSIGN(const bool any, reader_.next());
    if (any && reader_.cells().size() != header_.size()) {
      return Error{ErrorCode::InvalidInput,
                   reader_.place(0) + ": the row has " + std::to_string(reader_.cells().size()) +
                       " cells, the header " + std::to_string(header_.size())};
    }
    return any;
  }
  std::string text(std::size_t column) const {
    return std::string(text::trim(reader_.cells()[column]));
  }
  Result<double> number(std::size_t column) const {
    double value = 0.0;
    if (text::parse_number(text(column), value) && std::isfinite(value)) return value;
    return Error{ErrorCode::InvalidInput,
                 reader_.place(column) + ": '" + text(column) + "' in column '" + header_[column] +
                     "' is not a number; fill it, or leave the column out"};
  }
  std::string place(std::size_t column) const { return reader_.place(column); }

 private:
  std::string path_;
  std::ifstream in_;
  CsvReader reader_;
  std::vector<std::string> header_;
};

Result<std::vector<std::size_t>> columns_of(const CsvTable& table,
                                            const std::vector<std::string>& names) {
  std::vector<std::size_t> columns;
  for (const auto& name : names) {
    GEMEL_ASSIGN(const auto column, table.column(name));
    columns.push_back(column);
  }
  return columns;
}

Result<std::vector<double>> means_of(const HistoryReader& history, const Signal& signal,
                                     TimeRange life, Duration step) {
  const auto count = static_cast<std::size_t>((life.until - life.from).ns / step.ns);
  if (count == 0 || count > kStepsMost) {
    return Error{ErrorCode::InvalidInput, signal.path + ": the life has " + std::to_string(count) +
                                              " steps of " + to_string(step) +
                                              "; choose --step so that there are 15 to 200,000"};
  }
  GEMEL_ASSIGN(const auto buckets,
               history.downsample(signal.id,
                                  {life.from, life.from + step * static_cast<std::int64_t>(count)},
                                  count, Timestamp::max()));
  std::vector<double> means(count, std::nan(""));
  for (std::size_t i = 0; i < count; ++i) {
    if (buckets[i].count > buckets[i].bad) means[i] = buckets[i].mean;
  }
  const auto first =
      std::find_if(means.begin(), means.end(), [](double m) { return std::isfinite(m); });
  if (first == means.end()) {
    return Error{ErrorCode::InvalidInput, signal.path + " has no values from " +
                                              to_string(life.from) + " to " +
                                              to_string(life.until)};
  }
  std::fill(means.begin(), first, *first);
  for (std::size_t i = 1; i < count; ++i) {
    if (!std::isfinite(means[i])) means[i] = means[i - 1];
  }
  return means;
}

Result<inference::LifeRun> run_of(const HistoryReader& history, const Plant& plant,
                                  const std::string& asset, TimeRange life,
                                  const inference::LifeModelShape& shape) {
  inference::LifeRun run;
  const auto fill = [&](const std::vector<std::string>& names,
                        std::vector<double>& into) -> Result<void> {
    std::vector<std::vector<double>> columns;
    for (const auto& name : names) {
      GEMEL_ASSIGN(const auto id, plant.find_signal(asset + "." + name));
      GEMEL_ASSIGN(auto means, means_of(history, plant.signal(id), life, shape.step));
      columns.push_back(std::move(means));
    }
    for (std::size_t i = 0; !columns.empty() && i < columns.front().size(); ++i) {
      for (const auto& column : columns) into.push_back(column[i]);
    }
    return {};
  };
  GEMEL_TRY(fill(shape.settings, run.settings));
  GEMEL_TRY(fill(shape.sensors, run.sensors));
  return run;
}

}  // namespace

Result<LifeRuns> runs_from_csv(const CsvRunsOptions& options) {
  GEMEL_ASSIGN(const auto table, CsvTable::open(options.file));
  GEMEL_ASSIGN(const auto run_column, table->column(options.run));
  LifeRuns out;
  out.shape.settings = options.settings;
  out.shape.sensors = options.sensors;
  if (out.shape.sensors.empty()) {
    for (const auto& name : table->header()) {
      const auto is_in = [&](const std::vector<std::string>& list) {
        return std::find(list.begin(), list.end(), name) != list.end();
      };
      if (name != options.run && !is_in(options.settings) && !is_in(options.leave_out))
        out.shape.sensors.push_back(name);
    }
  }
  GEMEL_ASSIGN(const auto settings, columns_of(*table, out.shape.settings));
  GEMEL_ASSIGN(const auto sensors, columns_of(*table, out.shape.sensors));
  std::map<std::string, std::size_t> places;
  for (;;) {
    GEMEL_ASSIGN(const bool any, table->next());
    if (!any) break;
    const auto name = table->text(run_column);
    const auto [place, is_new] = places.emplace(name, out.runs.size());
    if (is_new) {
      out.runs.emplace_back();
      out.names.push_back(name);
    }
    auto& run = out.runs[place->second];
    for (const auto column : settings) {
      GEMEL_ASSIGN(const auto value, table->number(column));
      run.settings.push_back(value);
    }
    for (const auto column : sensors) {
      GEMEL_ASSIGN(const auto value, table->number(column));
      run.sensors.push_back(value);
    }
  }
  return out;
}

Result<LifeRuns> runs_from_history(const HistoryRunsOptions& options) {
  GEMEL_ASSIGN(const auto plant, plant_of(options.twin, options.history));
  GEMEL_ASSIGN(const auto history,
               open_history_to_read(history_place(options.history, *plant), *plant));
  GEMEL_ASSIGN(const auto table, CsvTable::open(options.lives));
  GEMEL_ASSIGN(const auto columns, columns_of(*table, {"asset", "from", "until"}));
  LifeRuns out;
  out.shape.settings = options.settings;
  out.shape.sensors = options.sensors;
  out.shape.step = options.step;
  for (;;) {
    GEMEL_ASSIGN(const bool any, table->next());
    if (!any) break;
    const auto asset = table->text(columns[0]);
    const auto time_of = [&](std::size_t column) -> Result<Timestamp> {
      auto time = parse_timestamp(table->text(column));
      if (!time) return time.error().within(table->place(column));
      return time;
    };
    GEMEL_ASSIGN(const auto from, time_of(columns[1]));
    GEMEL_ASSIGN(const auto until, time_of(columns[2]));
    auto run = run_of(*history, *plant, asset, {from, until}, out.shape);
    if (!run) return run.error().within(table->place(0));
    out.runs.push_back(std::move(*run));
    out.names.push_back(asset + " from " + to_string(from));
  }
  return out;
}

}  // namespace gemel::app
