#include "app/detector_rows.hpp"

#include <algorithm>

#include "app/history_store.hpp"
#include "app/history_subcommand.hpp"
#include "app/plant_file.hpp"
#include "base/text.hpp"
#include "connectors/files/csv_source.hpp"
#include "inference/settings.hpp"
#include "pipeline/pipeline.hpp"

namespace gemel::app {
namespace {

using inference::RowAssembler;
using inference::RowTable;

Result<const DetectorSpec*> find_detector(const Plant& plant, const std::string& name) {
  std::vector<const DetectorSpec*> found;
  std::vector<std::string> names;
  for (const auto& spec : plant.detectors) {
    if (spec.rule) continue;
    names.push_back(spec.path);
    if (spec.path == name || spec.path.ends_with("." + name)) found.push_back(&spec);
  }
  if (found.size() == 1) return found[0];
  std::string there;
  for (const auto& one : names) there += (there.empty() ? "" : ", ") + one;
  const auto near = text::did_you_mean(name, names);
  return Error{ErrorCode::NotFound,
               (found.empty() ? "no detector '" + name + "'" : "several detectors end in " + name) +
                   (!near.empty() ? near : "; there are: " + (there.empty() ? "none" : there))};
}

/// Cleans what a file source delivers as the live program would, and makes rows of it.
class RowInbox final : public Inbox {
 public:
  RowInbox(const Plant& plant, const DetectorSpec& spec, RowAssembler assembler, TimeRange range)
      : pipeline_(plant),
        assembler_(std::move(assembler)),
        range_(range),
        slots_(plant.signals.size()) {
    table_.width = spec.signals.size();
    for (std::size_t slot = 0; slot < spec.signals.size(); ++slot)
      slots_[spec.signals[slot].index] = slot + 1;
  }

  Ticket deliver(std::vector<Sample> samples, std::stop_token) override {
    for (const auto& sample : samples) newest_ = std::max(newest_, sample.source_time);
    pipeline_.clean(samples, newest_);
    for (const auto& sample : samples) {
      const std::size_t slot = slots_[sample.signal.index];
      if (slot == 0 || sample.source_time < range_.from || sample.source_time >= range_.until)
        continue;
      if (const auto row = assembler_.take(slot - 1, sample)) table_.add(*row);
    }
    return ++ticket_;
  }
  bool wait_durable(Ticket, std::stop_token) override { return true; }
  RowTable take() { return std::move(table_); }

 private:
  pipeline::Pipeline pipeline_;
  RowAssembler assembler_;
  TimeRange range_;
  std::vector<std::size_t> slots_;  // by signal: its slot + 1; 0: none
  RowTable table_;
  Timestamp newest_ = Timestamp::min();
  Ticket ticket_ = 0;
};

/// By the twin's own file source if it has one, as `gemel replay` does.
Result<RowTable> rows_of_files(const Plant& plant, const DetectorSpec& spec,
                               const std::vector<std::string>& files, RowAssembler assembler,
                               TimeRange range, std::stop_token stop) {
  Plant reading = plant;
  std::optional<std::uint32_t> own;
  for (std::uint32_t i = 0; i < reading.sources.size(); ++i) {
    auto* source = std::get_if<FileSource>(&reading.sources[i].settings);
    if (source == nullptr) continue;
    source->paths = files;
    source->speed = 0.0;
    if (!own) own = i;
  }
  const SystemClock clock;
  metrics::Registry metrics;
  FileSource plain;
  plain.paths = files;
  plain.speed = 0.0;
  GEMEL_ASSIGN(const auto source,
               own ? connectors::files::make_csv_source(reading, *own, clock, metrics)
                   : connectors::files::make_csv_source(reading, plain, clock, metrics));
  RowInbox inbox(plant, spec, std::move(assembler), range);
  GEMEL_TRY(source->run(stop, inbox));
  return inbox.take();
}

Result<RowTable> rows_of_history(const Plant& plant, const DetectorSpec& spec,
                                 const std::string& history, RowAssembler assembler,
                                 TimeRange range) {
  GEMEL_ASSIGN(const auto opened, open_history_to_read(history_place(history, plant), plant));
  return inference::read_rows(*opened, std::move(assembler), spec.signals, range, Timestamp::max());
}

}  // namespace

void add_rows_options(CLI::App& command, RowsOptions& options) {
  command.add_option("twin", options.twin, "The twin file.")->required();
  command
      .add_option("--detector", options.detector,
                  "Its path in the twin file, or an ending of it: whose signals, and which.")
      ->required();
  auto* history = command.add_option("--history", options.history,
                                     "A history directory, or postgresql://…#SCHEMA (default: the "
                                     "twin file's).");
  command
      .add_option("--csv", options.files, "Recorded files instead, as `gemel replay` reads them.")
      ->excludes(history);
  command.add_option("--from", options.from,
                     "Begin here: 2026-01-31T08:30:00Z (default: the first).");
  command.add_option("--until", options.until, "End before here (default: the last).");
  command
      .add_option("--period", options.period_s,
                  "Seconds between rows (default: the detector's, or the signals' own).")
      ->check(CLI::PositiveNumber);
}

Result<DetectorRows> read_detector_rows(const RowsOptions& options, std::stop_token stop) {
  DetectorRows out;
  GEMEL_ASSIGN(out.plant, load_plant(options.twin));
  GEMEL_ASSIGN(out.spec, find_detector(*out.plant, options.detector));
  GEMEL_ASSIGN(const auto settings, inference::read_settings(*out.spec));
  HistoryOptions times;
  times.from = options.from;
  times.until = options.until;
  GEMEL_ASSIGN(const auto range, range_of(times));
  const Duration period =
      options.period_s > 0.0 ? Duration::from_seconds(options.period_s) : settings.period;
  RowAssembler assembler(*out.plant, out.spec->signals, period);
  out.period = assembler.period();
  if (options.files.empty()) {
    GEMEL_ASSIGN(out.rows, rows_of_history(*out.plant, *out.spec, options.history,
                                           std::move(assembler), range));
  } else {
    GEMEL_ASSIGN(out.rows, rows_of_files(*out.plant, *out.spec, options.files, std::move(assembler),
                                         range, stop));
  }
  if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "stopped while reading"};
  if (out.rows.rows() == 0)
    return Error{ErrorCode::NotFound, out.spec->path +
                                          ": nothing of its signals was found there; "
                                          "look at --from, --until and the names of "
                                          "columns"};
  return out;
}

}  // namespace gemel::app
