#include "app/history_subcommand.hpp"

#include "app/history_store.hpp"
#include "app/plant_file.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"

namespace gemel::app {
namespace {

Result<Timestamp> time_or(const std::string& text, Timestamp fallback) {
  if (text.empty()) return fallback;
  return parse_timestamp(text);
}

std::string shortened(double count) {
  if (count >= 1e6) return text::rounded(count / 1e6, 3) + " M";
  if (count >= 1e4) return text::rounded(count / 1e3, 3) + " k";
  return text::rounded(count, 3);
}

}  // namespace

Result<OpenedHistory> open_to_read(const HistoryOptions& options) {
  OpenedHistory opened;
  GEMEL_ASSIGN(opened.plant, plant_of(options.twin, options.history));
  GEMEL_ASSIGN(opened.history, open_history_to_read(history_place(options.history), *opened.plant));
  return opened;
}

Result<OpenedHistory> open_to_write(const HistoryOptions& options) {
  OpenedHistory opened;
  const auto plant = plant_of(options.twin, options.history);
  const bool knows_nothing =
      plant ? (*plant)->signals.empty() : plant.error().code == ErrorCode::NotFound;
  // Opened without signals it would be made, and take none ever.
  if (options.twin.empty() && knows_nothing)
    return Error{ErrorCode::NotFound, history_place(options.history).shown() +
                                          " is not a history yet, so it knows no signals; give the "
                                          "twin file that names them with --twin"};
  if (!plant) return plant.error();
  auto bulk = std::make_shared<Plant>(**plant);
  bulk->history.commit_every = std::max(bulk->history.commit_every, Duration::seconds(1));
  opened.plant = std::move(bulk);
  GEMEL_ASSIGN(opened.history, open_history(history_place(options.history), *opened.plant));
  return opened;
}

Result<TimeRange> range_of(const HistoryOptions& options) {
  GEMEL_ASSIGN(const auto from, time_or(options.from, Timestamp::min()));
  GEMEL_ASSIGN(const auto until, time_or(options.until, Timestamp::max()));
  return TimeRange{from, until};
}

Result<Timestamp> known_at_of(const HistoryOptions& options) {
  return time_or(options.known_at, Timestamp::max());
}

CLI::App* add_history_subcommand(CLI::App& history, Chosen& chosen, HistoryOptions& options,
                                 const std::string& name, const std::string& what,
                                 const std::string& examples,
                                 std::function<Result<void>(std::stop_token)> action) {
  auto* sub = history.add_subcommand(name, what);
  sub->add_option("--history", options.history,
                  "The history: a directory, or postgresql://…#SCHEMA.")
      ->required();
  sub->footer("Examples:\n" + examples);
  sub->callback([action = std::move(action), &chosen] {
    chosen = [action](std::stop_token stop) {
      const auto done = action(std::move(stop));
      return done ? kDone : fail(done.error());
    };
  });
  return sub;
}

void add_range_options(CLI::App& subcommand, HistoryOptions& options) {
  subcommand.add_option("--from", options.from, "Source times from this one on (ISO 8601).");
  subcommand.add_option("--until", options.until, "Source times before this one.");
  subcommand.add_option("--known-at", options.known_at,
                        "As known at this time (default: as known now).");
}

void add_twin_option(CLI::App& subcommand, HistoryOptions& options, const std::string& what) {
  subcommand.add_option("--twin", options.twin, what);
}

std::string Pace::told(double done, std::uint64_t count, const std::string& what) const {
  const auto elapsed = std::chrono::steady_clock::now() - start_;
  const double s = std::chrono::duration<double>(elapsed).count();
  if (s < 0.2) return shortened(static_cast<double>(count)) + " " + what;
  auto text = shortened(static_cast<double>(count)) + " " + what + ", " +
              shortened(static_cast<double>(count) / s) + "/s";
  if (done > 0.01 && done < 1.0)
    text += ", " + to_string(Duration::seconds(static_cast<std::int64_t>(s * (1 / done - 1)) + 1)) +
            " left";
  return text;
}

}  // namespace gemel::app
