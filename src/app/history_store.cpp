#include "app/history_store.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "postgres/postgres_history.hpp"

namespace gemel::app {
namespace {

std::string without_password(const std::string& url) {
  const auto user = url.find("://") + 3;
  const auto at = url.find('@', user);
  if (at == std::string::npos) return url.substr(0, url.find('?'));
  const auto colon = url.find(':', user);
  return url.substr(0, std::min(colon, at)) + url.substr(at, url.find('?', at) - at);
}

std::string kept(Duration keep) { return keep.ns == 0 ? "for ever" : "for " + to_string(keep); }

}  // namespace

std::string HistoryPlace::shown() const {
  return kind == HistoryKind::File ? directory : without_password(url) + "#" + schema;
}

HistoryPlace history_place(const std::string& asked) {
  if (!asked.starts_with("postgresql://") && !asked.starts_with("postgres://"))
    return {HistoryKind::File, asked, {}, {}};
  const auto hash = asked.rfind('#');
  const bool named = hash != std::string::npos && hash + 1 < asked.size();
  return {
      HistoryKind::Postgres, {}, asked.substr(0, hash), named ? asked.substr(hash + 1) : "gemel"};
}

HistoryPlace history_place(const std::string& asked, const Plant& plant) {
  if (!asked.empty()) return history_place(asked);
  const auto& settings = plant.history;
  if (settings.kind == HistoryKind::Postgres)
    return {HistoryKind::Postgres, {}, settings.url, settings.schema};
  return history_place(plant.name + ".history");
}

Result<std::unique_ptr<History>> open_history(const HistoryPlace& place, const Plant& plant,
                                              history::Upkeep upkeep) {
  const auto commit_every = plant.history.commit_every;
  if (place.kind == HistoryKind::Postgres)
    return postgres::open(
        {.url = place.url, .schema = place.schema, .plant = &plant, .commit_every = commit_every});
  return history::open({.directory = place.directory,
                        .plant = &plant,
                        .commit_every = commit_every,
                        .upkeep = upkeep});
}

Result<std::unique_ptr<History>> open_history_to_read(const HistoryPlace& place,
                                                      const Plant& plant) {
  if (place.kind == HistoryKind::Postgres)
    return postgres::open(
        {.url = place.url, .schema = place.schema, .plant = &plant, .read_only = true});
  return history::open({.directory = place.directory, .plant = &plant, .read_only = true});
}

Result<Plant> recorded_signals(const HistoryPlace& place) {
  if (place.kind == HistoryKind::Postgres)
    return postgres::recorded_signals(place.url, place.schema);
  return history::recorded_signals(place.directory);
}

std::string promise_of(const HistorySettings& settings) {
  const bool postgres = settings.kind == HistoryKind::Postgres;
  std::string text = "history: ";
  text += postgres
              ? "in PostgreSQL, " + without_password(settings.url) + ", schema " + settings.schema
              : std::string("in a directory of files");
  text += settings.commit_every.ns == 0
              ? "\n  every batch is on the disk before it is acknowledged: nothing acknowledged is "
                "lost"
              : "\n  on the disk every " + to_string(settings.commit_every) +
                    ", and acknowledged only then: nothing acknowledged is lost, and what a power "
                    "cut takes the sources send again";
  text += "\n  kept " + kept(settings.keep);
  for (const auto& [name, keep] : settings.classes) text += "; class " + name + " " + kept(keep);
  if (settings.keep_bytes > 0)
    text += "; at most " + text::rounded(static_cast<double>(settings.keep_bytes) / 1e9) + " GB";
  return text + "\n";
}

}  // namespace gemel::app
