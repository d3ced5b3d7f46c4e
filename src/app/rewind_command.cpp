// gemel rewind

#include <cstdio>

#include <xxhash.h>

#include "app/commands.hpp"
#include "app/history_store.hpp"
#include "app/plant_file.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "state/encode.hpp"
#include "state/rewind.hpp"

namespace gemel::app {
namespace {

struct RewindOptions {
  std::string directory;
  std::string twin;
  std::string at;
  std::string known_at;
};

std::string shown(const Signal& signal, const Belief& belief) {
  if (!belief.has_value()) return "-";
  const auto state = static_cast<std::size_t>(belief.value);
  if (belief.value >= 0 && state < signal.states.size()) return signal.states[state];
  return text::rounded(belief.value, 6);
}

void print(const Snapshot& snapshot, const Plant& plant) {
  std::printf("the plant as of %s, as known at %s\n\n", to_string(snapshot.at).c_str(),
              to_string(snapshot.known_at).c_str());
  Table table({"signal", "value", "unit", "age", "quality"});
  for (const auto& signal : plant.signals) {
    const auto& belief = snapshot.beliefs[signal.id];
    table.add({signal.path, shown(signal, belief), signal.unit.symbol,
               belief.has_value() ? to_string(belief.age(snapshot.at)) : "-",
               to_string(belief.quality())});
  }
  std::printf("%s", table.to_text().c_str());
  for (const auto& alarm : *snapshot.alarms) {
    if (!alarm.active()) continue;
    std::printf("\nalarm %llu (%s) since %s: %s\n  %s\n",
                static_cast<unsigned long long>(alarm.raised.alarm),
                std::string(to_string(alarm.raised.priority)).c_str(),
                to_string(alarm.raised_at).c_str(), alarm.raised.name.c_str(),
                alarm.raised.cause.c_str());
  }
  const auto bytes = state::encode(snapshot);
  std::printf("\nsnapshot hash %016llx\n",
              static_cast<unsigned long long>(XXH3_64bits(bytes.data(), bytes.size())));
}

Result<void> rewind(const RewindOptions& options) {
  GEMEL_ASSIGN(const auto at, parse_timestamp(options.at));
  // As known then, unless asked otherwise.
  Timestamp known_at = at;
  if (options.known_at == "now") {
    known_at = Timestamp::max();
  } else if (!options.known_at.empty()) {
    GEMEL_ASSIGN(known_at, parse_timestamp(options.known_at));
  }
  GEMEL_ASSIGN(const auto plant, plant_of(options.twin, options.directory));
  GEMEL_ASSIGN(const auto history, open_history_to_read(history_place(options.directory), *plant));
  GEMEL_ASSIGN(const auto snapshot, state::rewind(*history, *plant, at, known_at));
  print(snapshot, *plant);
  return {};
}

}  // namespace

void add_rewind(CLI::App& app, Chosen& chosen) {
  auto* command =
      app.add_subcommand("rewind", "Show the whole plant as of any moment, from a history.");
  auto options = std::make_shared<RewindOptions>();
  command
      ->add_option("--history", options->directory,
                   "The history: a directory, or postgresql://…#SCHEMA.")
      ->required();
  command->add_option("--at", options->at, "The moment (ISO 8601).")->required();
  command->add_option("--known-at", options->known_at,
                      "As known at this time, or `now` (default: as known then).");
  command->add_option("--twin", options->twin, "The twin file, for units and states.");
  command->footer(
      "Examples:\n"
      "  gemel rewind --history riverside.history --at 2026-01-31T08:30:00Z\n"
      "  gemel rewind --history riverside.history --at 2026-01-31T08:30:00Z --known-at now");
  command->callback([=, &chosen] {
    chosen = [=](std::stop_token) {
      auto done = rewind(*options);
      return done ? kDone : fail(done.error());
    };
  });
}

}  // namespace gemel::app
