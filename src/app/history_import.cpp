// gemel history import

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

#include "app/history_subcommand.hpp"
#include "app/terminal.hpp"
#include "exchange/import.hpp"

namespace gemel::app {
namespace {

struct ImportOptions : HistoryOptions {
  std::vector<std::string> files;
  std::vector<std::string> map;
  std::string format, time_format = "auto", separator, scratch;
  bool skip_unknown = false, known_now = false;
  std::size_t frame_samples = 100'000;
};

const std::map<std::string, exchange::TimeFormat> kTimeFormats{
    {"auto", exchange::TimeFormat::Auto},       {"iso", exchange::TimeFormat::Iso},
    {"s", exchange::TimeFormat::Seconds},       {"ms", exchange::TimeFormat::Milliseconds},
    {"us", exchange::TimeFormat::Microseconds}, {"ns", exchange::TimeFormat::Nanoseconds}};

Result<exchange::ImportRequest> request_of(const ImportOptions& options) {
  exchange::ImportRequest request;
  for (const auto& pair : options.map) {
    const auto equals = pair.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size())
      return Error{ErrorCode::InvalidInput, "--map " + pair +
                                                " must be COLUMN=SIGNAL or "
                                                "COLUMN=@time and its like"};
    request.map.push_back({pair.substr(0, equals), pair.substr(equals + 1)});
  }
  if (options.separator.size() > 1 && options.separator != "tab")
    return Error{ErrorCode::InvalidInput, "--separator must be one character, or tab"};
  if (!options.separator.empty())
    request.separator = options.separator == "tab" ? '\t' : options.separator[0];
  if (options.format == "csv") request.kind = exchange::FileKind::Csv;
  if (options.format == "parquet") request.kind = exchange::FileKind::Parquet;
  request.time_format = kTimeFormats.at(options.time_format);
  request.skip_unknown = options.skip_unknown;
  request.known_now = options.known_now;
  request.frame_samples = options.frame_samples;
  request.scratch = options.scratch;
  return request;
}

void print(const std::string& file, const exchange::ImportReport& report) {
  const auto number = [](std::uint64_t count) { return std::to_string(count); };
  std::string text = file + ": " + number(report.rows) + " rows, " + number(report.samples) +
                     " samples added in " + number(report.frames) + " frames, " +
                     number(report.duplicates) + " were there already";
  if (report.skipped > 0)
    text += ", " + number(report.skipped) + " left out (no signal is called " +
            report.unknown.front() + (report.unknown.size() > 1 ? " and so on)" : ")");
  if (report.samples > 0)
    text += report.as_they_were ? "; known at the times that the file tells"
                                : "; known since this import";
  std::printf("%s\n", text.c_str());
}

/// Before anything is opened: the last file's name may be wrong, and the first take an hour.
Result<void> are_there(const std::vector<std::string>& files) {
  std::error_code none;
  for (const auto& file : files) {
    if (!std::filesystem::exists(file, none))
      return {ErrorCode::NotFound, "there is no file " + file + "; nothing was imported"};
  }
  return {};
}

Result<void> read_in(const ImportOptions& options, std::stop_token stop) {
  GEMEL_ASSIGN(auto request, request_of(options));
  GEMEL_TRY(are_there(options.files));
  const auto opened = open_to_write(options);
  if (!opened) return opened.error();
  const SystemClock clock;
  for (const auto& file : options.files) {
    request.path = file;
    ProgressLine reading("reading"), writing("writing");
    const Pace pace;
    const auto watch = [&](const exchange::ImportProgress& progress) {
      (progress.writing ? writing : reading)
          .show(progress.done, pace.told(progress.done, progress.samples, "samples"));
    };
    GEMEL_ASSIGN(const auto report, exchange::import_file(*opened->history, *opened->plant, clock,
                                                          request, watch, stop));
    print(file, report);
  }
  return {};
}

}  // namespace

void add_history_import(CLI::App& history, Chosen& chosen) {
  auto options = std::make_shared<ImportOptions>();
  auto* sub = add_history_subcommand(
      history, chosen, *options, "import",
      "Read CSV or Parquet files into a history; what is there already is left out.",
      "  gemel history import --history riverside.history --twin twin.yaml january.parquet\n"
      "  gemel history import --history DIR scada.csv --map PT-101=pump_1.pressure --map "
      "When=@time\n"
      "  gemel history import --history DIR log.csv --time-format ms --separator ';' "
      "--skip-unknown\n"
      "Long files have the columns time, signal, value (and quality, known_at, unit), wide ones a\n"
      "time and a column for each signal. Nothing is written before a file is known to be whole.\n"
      "When its known_at are later than the history's, the frames are made again as they were.",
      [options](std::stop_token stop) { return read_in(*options, std::move(stop)); });
  sub->add_option("files", options->files, "The files, in the order of their times.")->required();
  sub->add_option("--map", options->map,
                  "COLUMN=SIGNAL, or COLUMN=@time, @signal, @value, @quality, @known_at, @unit, "
                  "@skip.")
      ->allow_extra_args(false);
  sub->add_option("--format", options->format, "csv or parquet (default: by the file's ending).")
      ->check(CLI::IsMember({"csv", "parquet"}));
  sub->add_option("--time-format", options->time_format,
                  "auto, iso, or a number since 1970 in s, ms, us or ns.")
      ->check(CLI::IsMember({"auto", "iso", "s", "ms", "us", "ns"}))
      ->capture_default_str();
  sub->add_option("--separator", options->separator,
                  "Of CSV cells: one character, or tab (default: found out).");
  sub->add_flag("--skip-unknown", options->skip_unknown, "Leave out what is no signal's.");
  sub->add_flag("--known-now", options->known_now, "Do not look at the file's known_at.");
  sub->add_option("--frame", options->frame_samples, "Samples of one frame.")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  sub->add_option("--scratch", options->scratch,
                  "Folder for sorting more than two million samples (default: the system's).");
  add_twin_option(*sub, *options, "The twin file (default: the signals that the history knows).");
}

}  // namespace gemel::app
