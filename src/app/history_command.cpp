// gemel history query | export | stat | verify

#include <cstdio>

#include <unistd.h>

#include "app/commands.hpp"
#include "app/plant_file.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "exchange/export.hpp"
#include "history/file_history.hpp"

namespace gemel::app {
namespace {

struct HistoryOptions {
  std::string directory;
  std::string twin;
  std::vector<std::string> signals;
  std::string from, until, known_at;
  std::size_t limit = 1'000;
  std::string output;
  std::string format;
  bool wide = false;
};

struct Opened {
  std::shared_ptr<const Plant> plant;
  std::unique_ptr<History> history;
};

Result<Opened> open_to_read(const HistoryOptions& options) {
  Opened opened;
  GEMEL_ASSIGN(opened.plant, plant_of(options.twin, options.directory));
  GEMEL_ASSIGN(opened.history, history::open({.directory = options.directory,
                                              .plant = opened.plant.get(),
                                              .read_only = true}));
  return opened;
}

Result<Timestamp> time_or(const std::string& text, Timestamp fallback) {
  if (text.empty()) return fallback;
  return parse_timestamp(text);
}

Result<TimeRange> range_of(const HistoryOptions& options) {
  GEMEL_ASSIGN(const auto from, time_or(options.from, Timestamp::min()));
  GEMEL_ASSIGN(const auto until, time_or(options.until, Timestamp::max()));
  return TimeRange{from, until};
}

Result<void> query(const HistoryOptions& options) {
  GEMEL_ASSIGN(const auto opened, open_to_read(options));
  GEMEL_ASSIGN(const auto range, range_of(options));
  GEMEL_ASSIGN(const auto known_at, time_or(options.known_at, Timestamp::max()));
  Table table({"time", "signal", "value", "unit", "quality", "known at"});
  for (const auto& path : options.signals) {
    GEMEL_ASSIGN(const auto id, opened.plant->find_signal(path));
    const auto& signal = opened.plant->signal(id);
    GEMEL_ASSIGN(const auto records, opened.history->read(id, range, known_at, options.limit));
    for (const auto& record : records) {
      const bool missing = record.quality.grade == Grade::Missing;
      table.add({to_string(record.source_time), signal.path,
                 missing ? "-" : text::number(record.value), signal.unit.symbol,
                 to_string(record.quality), to_string(record.known_at)});
    }
  }
  if (table.empty())
    std::fprintf(stderr, "no records in this range\n");
  else
    std::printf("%s", table.to_text().c_str());
  return {};
}

Result<void> write_out(const HistoryOptions& options, std::stop_token stop) {
  GEMEL_ASSIGN(const auto opened, open_to_read(options));
  exchange::ExportRequest request;
  GEMEL_ASSIGN(request.range, range_of(options));
  GEMEL_ASSIGN(request.known_at, time_or(options.known_at, Timestamp::max()));
  for (const auto& path : options.signals) {
    GEMEL_ASSIGN(const auto id, opened.plant->find_signal(path));
    request.signals.push_back(id);
  }
  request.path = options.output;
  request.layout = options.wide ? exchange::Layout::Wide : exchange::Layout::Long;
  const bool parquet = options.format == "parquet" ||
                       (options.format.empty() && options.output.ends_with(".parquet"));
  ProgressLine line("exporting");
  const auto progress = [&](double done, std::uint64_t rows) {
    line.show(done, std::to_string(rows) + " rows");
  };
  GEMEL_ASSIGN(
      const auto rows,
      parquet ? exchange::export_parquet(*opened.history, *opened.plant, request, progress, stop)
              : exchange::export_csv(*opened.history, *opened.plant, request, progress, stop));
  std::printf("%llu rows written to %s\n", static_cast<unsigned long long>(rows),
              options.output.c_str());
  return {};
}

Result<void> stat(const HistoryOptions& options) {
  GEMEL_ASSIGN(const auto opened, open_to_read(options));
  const auto status = opened.history->status();
  Table table({"what", "value"});
  table.add({"signals", std::to_string(opened.plant->signals.size())});
  table.add({"samples", std::to_string(status.samples)});
  table.add({"events", std::to_string(status.events)});
  table.add({"bytes on disk", std::to_string(status.bytes_on_disk)});
  if (status.samples > 0) {
    table.add({"bytes a sample",
               text::rounded(double(status.bytes_on_disk) / double(status.samples), 3)});
  }
  if (const auto extent = opened.history->extent()) {
    table.add({"from", to_string(extent->from)});
    table.add({"until", to_string(extent->until)});
  }
  std::printf("%s", table.to_text().c_str());
  return {};
}

Result<void> verify(const HistoryOptions& options) {
  GEMEL_ASSIGN(const auto found, history::verify(options.directory));
  std::printf("%llu segments, %llu frames, %llu samples, %llu events read\n",
              static_cast<unsigned long long>(found.segments),
              static_cast<unsigned long long>(found.frames),
              static_cast<unsigned long long>(found.samples),
              static_cast<unsigned long long>(found.events));
  for (const auto& damage : found.damage) {
    std::printf("damage: %s at byte %llu: %s\n", damage.file.c_str(),
                static_cast<unsigned long long>(damage.offset), damage.what.c_str());
  }
  if (found.damage.empty()) {
    std::printf("every byte is as it was written\n");
    return {};
  }
  return Error{ErrorCode::Corruption,
               std::to_string(found.damage.size()) +
                   " damaged places; restore those files from a backup, the rest stays readable"};
}

}  // namespace

void add_history(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand("history", "Read, export and verify a history directory.");
  command->require_subcommand(1);
  auto options = std::make_shared<HistoryOptions>();
  const auto add = [&](const char* name, const char* what, const char* example, auto action) {
    auto* sub = command->add_subcommand(name, what);
    sub->add_option("--history", options->directory, "The history directory.")->required();
    sub->footer(std::string("Example:\n  ") + example);
    sub->callback([=, &chosen] {
      chosen = [=](std::stop_token stop) {
        auto done = action(*options, stop);
        return done ? kDone : fail(done.error());
      };
    });
    return sub;
  };
  const auto add_range = [&](CLI::App* sub) {
    sub->add_option("--from", options->from, "Source times from this one on (ISO 8601).");
    sub->add_option("--until", options->until, "Source times before this one.");
    sub->add_option("--known-at", options->known_at,
                    "As known at this time (default: as known now).");
    sub->add_option("--twin", options->twin, "The twin file, for units.");
  };
  auto* query_command =
      add("query", "Print records.",
          "gemel history query --history riverside.history pump_1.flow --from 2026-01-31",
          [](const HistoryOptions& o, std::stop_token) { return query(o); });
  query_command
      ->add_option("signals", options->signals, "Signal paths, or endings that only one has.")
      ->required();
  query_command->add_option("--limit", options->limit, "Most records of one signal.")
      ->capture_default_str();
  add_range(query_command);
  auto* export_command = add(
      "export", "Write a stretch of history as CSV or Parquet.",
      "gemel history export --history riverside.history --out january.parquet --from 2026-01-01",
      [](const HistoryOptions& o, std::stop_token stop) { return write_out(o, stop); });
  export_command->add_option("signals", options->signals, "Signal paths (default: all).");
  export_command->add_option("--out", options->output, "The file to write.")->required();
  export_command
      ->add_option("--format", options->format, "csv or parquet (default: by the file's ending).")
      ->check(CLI::IsMember({"csv", "parquet"}));
  export_command->add_flag("--wide", options->wide,
                           "A column for each signal instead of a row for each record.");
  add_range(export_command);
  add("stat", "Print what the history holds.", "gemel history stat --history riverside.history",
      [](const HistoryOptions& o, std::stop_token) { return stat(o); });
  add("verify", "Check every byte: checksums, order, and the chain of the audit trail.",
      "gemel history verify --history riverside.history",
      [](const HistoryOptions& o, std::stop_token) { return verify(o); });
}

}  // namespace gemel::app
