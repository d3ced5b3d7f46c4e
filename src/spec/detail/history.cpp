// The settings of the history: where it lies, when it is on the disk, and how long it is kept.

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"

namespace gemel::spec {
namespace {

/// "200 GB", "64 MiB". Nothing when it is no size above zero.
std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  struct Unit {
    std::string_view name;
    double bytes;
  };
  constexpr std::array<Unit, 9> kUnits{{{"B", 1},
                                        {"kB", 1e3},
                                        {"MB", 1e6},
                                        {"GB", 1e9},
                                        {"TB", 1e12},
                                        {"KiB", 1024.0},
                                        {"MiB", 1048576.0},
                                        {"GiB", 1073741824.0},
                                        {"TiB", 1099511627776.0}}};
  const auto number_end = std::min(text.find_first_not_of("0123456789."), text.size());
  double number = 0;
  if (!text::parse_number(text.substr(0, number_end), number)) return std::nullopt;
  for (const auto& unit : kUnits) {
    const double bytes = number * unit.bytes;
    if (text::trim(text.substr(number_end)) == unit.name && bytes >= 1 && bytes < 1e18)
      return static_cast<std::uint64_t>(bytes);
  }
  return std::nullopt;
}

class HistoryBuild {
 public:
  HistoryBuild(Draft& draft, const Fields& fields)
      : draft_(draft), fields_(fields), settings_(draft.plant.history) {}

  void build() {
    read_place();
    read_commit();
    settings_.keep = keep_of(fields_, {});
    read_keep_bytes();
    for (const auto& entry : fields_.entries("classes")) {
      if (entry.value != nullptr && entry.value->is_table())
        settings_.classes[entry.key] = keep_of(Fields(*entry.value), settings_.keep);
    }
  }

 private:
  void read_place() {
    const bool postgres = fields_.text("kind", "file") == "postgres";
    settings_.kind = postgres ? HistoryKind::Postgres : HistoryKind::File;
    for (const std::string_view key : {"url", "schema"}) {
      const Node* node = fields_.find_text(key);
      if (node != nullptr && !postgres)
        draft_.problems.error(node->at,
                              fmt::format("'{}' is for a history of kind postgres; write 'kind: "
                                          "postgres' beside it, or remove it",
                                          key));
    }
    if (postgres) read_server();
  }

  void read_server() {
    const Node* url = fields_.find_text("url");
    if (url == nullptr) {
      draft_.problems.error(fields_.table().at,
                            "a history of kind postgres lacks 'url'; write such as 'url: "
                            "postgresql://gemel@localhost:5432/plant'");
    } else if (!url->text.starts_with("postgresql://") && !url->text.starts_with("postgres://")) {
      // It is not shown: it may hold a password.
      draft_.problems.error(url->at,
                            "the history's 'url' is no address of a PostgreSQL server; write such "
                            "as 'postgresql://gemel@localhost:5432/plant'");
    } else {
      settings_.url = url->text;
    }
    const Node* schema = fields_.find_text("schema");
    if (schema == nullptr) return;
    settings_.schema = schema->text;
    // PostgreSQL would cut longer names silently.
    if (schema->text.size() > 63 || schema->text.starts_with("pg_"))
      draft_.problems.error(schema->at,
                            fmt::format("'{}' can't be a schema of PostgreSQL: at most 63 bytes, "
                                        "and names that begin with pg_ are its own",
                                        shown(schema->text)));
  }

  void read_commit() {
    const Node* commit = fields_.find_text("commit");
    if (commit == nullptr || commit->text == "every batch") return;
    std::string_view text = commit->text;
    if (text.starts_with("every ")) text.remove_prefix(6);
    const auto every = parse_duration(text);
    if (every && every->ns > 0 && *every <= Duration::minutes(1)) {
      settings_.commit_every = *every;
      return;
    }
    draft_.problems.error(
        commit->at, fmt::format("'{}' is no time to commit; write 'every batch', or up to a minute "
                                "such as 'every 50 ms'",
                                shown(commit->text)));
  }

  Duration keep_of(const Fields& fields, Duration fallback) {
    const Node* keep = fields.find_text("keep");
    if (keep == nullptr) return fallback;
    if (keep->text == "for ever") return {};
    const auto time = parse_duration(keep->text);
    // Less would take away what detectors look back on.
    if (time && *time >= Duration::hours(1)) return *time;
    draft_.problems.error(
        keep->at, fmt::format("'{}' is no time to keep values; write 'for ever', or an hour or "
                              "more such as '400 days'",
                              shown(keep->text)));
    return fallback;
  }

  void read_keep_bytes() {
    const Node* bytes = fields_.find_text("keep_bytes");
    if (bytes == nullptr) return;
    const auto size = parse_bytes(bytes->text);
    if (!size)
      return draft_.problems.error(
          bytes->at,
          fmt::format("'{}' is no size; write such as '200 GB' or '64 GiB'", shown(bytes->text)));
    if (settings_.kind == HistoryKind::Postgres)
      return draft_.problems.error(
          bytes->at,
          "'keep_bytes' is for a history of kind file; what a PostgreSQL server takes on its disk "
          "is for its administrator to limit, 'keep' works for both");
    settings_.keep_bytes = *size;
  }

  Draft& draft_;
  const Fields& fields_;
  HistorySettings& settings_;
};

/// Every signal's time; those that name no class, and those that Gemel computes, go by 'keep'.
void keep_signals(Draft& draft) {
  const auto& settings = draft.plant.history;
  for (auto& signal : draft.plant.signals) signal.keep = settings.keep;
  std::vector<std::string> names;
  for (const auto& [name, keep] : settings.classes) names.push_back(name);
  for (const auto& [id, node] : draft.history_classes) {
    const auto found = settings.classes.find(node->text);
    if (found != settings.classes.end()) {
      draft.plant.signals[id.index].keep = found->second;
      continue;
    }
    draft.problems.error(node->at,
                         fmt::format("no class '{}' under 'history: classes'{}", shown(node->text),
                                     text::did_you_mean(node->text, names)));
  }
}

}  // namespace

void build_history(Draft& draft, const Node& twin) {
  const Node* history = twin.find("history");
  if (history != nullptr && history->is_table()) {
    const Fields fields(*history);
    HistoryBuild(draft, fields).build();
  }
  keep_signals(draft);
}

}  // namespace gemel::spec
