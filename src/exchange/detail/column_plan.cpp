#include "exchange/detail/column_plan.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace gemel::exchange::detail {
namespace {

enum class Role : std::uint8_t { Open, Signals, Time, Signal, Value, Quality, KnownAt, Unit, Skip };

struct Word {
  std::string_view name;
  Role role;
};
constexpr std::array kRoles{Word{"@time", Role::Time},        Word{"@signal", Role::Signal},
                            Word{"@value", Role::Value},      Word{"@quality", Role::Quality},
                            Word{"@known_at", Role::KnownAt}, Word{"@unit", Role::Unit},
                            Word{"@skip", Role::Skip}};
/// The names under which columns are understood without being told, in any case.
constexpr std::array kNames{
    Word{"time", Role::Time},        Word{"timestamp", Role::Time}, Word{"source_time", Role::Time},
    Word{"datetime", Role::Time},    Word{"date", Role::Time},      Word{"ts", Role::Time},
    Word{"signal", Role::Signal},    Word{"value", Role::Value},    Word{"quality", Role::Quality},
    Word{"known_at", Role::KnownAt}, Word{"unit", Role::Unit}};

std::string lower(std::string_view text) {
  std::string out(text::trim(text));
  for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

Error wrong(ErrorCode code, const ImportRequest& request, std::string why) {
  return {code, request.path.string() + ": " + std::move(why)};
}

Result<Role> role_of(const ColumnMeaning& told, const ImportRequest& request) {
  if (!told.meaning.starts_with('@')) return Role::Signals;
  std::vector<std::string> known;
  for (const auto& word : kRoles) {
    if (word.name == told.meaning) return word.role;
    known.emplace_back(word.name);
  }
  return wrong(
      ErrorCode::NotFound, request,
      "'" + told.meaning + "' is no role of a column" + text::did_you_mean(told.meaning, known));
}

/// Gives the role's place in the plan to a column. False when it has one already.
bool give(ColumnPlan& plan, Role role, std::size_t column) {
  const auto take = [&](std::size_t& place) {
    if (place != ColumnPlan::kNone) return false;
    place = column;
    return true;
  };
  switch (role) {
    case Role::Time:
      return take(plan.time);
    case Role::Signal:
      return take(plan.signal);
    case Role::Value:
      return take(plan.value);
    case Role::Quality:
      return take(plan.quality);
    case Role::KnownAt:
      return take(plan.known_at);
    case Role::Unit:
      return take(plan.unit);
    case Role::Open:
    case Role::Signals:
    case Role::Skip:
      return true;
  }
  return true;
}

}  // namespace

Result<ColumnPlan> plan_columns(std::span<const std::string> header, const ImportRequest& request,
                                SignalNames& names) {
  ColumnPlan plan;
  std::vector<Role> roles(header.size(), Role::Open);
  std::vector<std::string> called(header.begin(), header.end());  // what the map makes of a name
  for (const auto& told : request.map) {
    const auto at = std::find(header.begin(), header.end(), told.column);
    if (at == header.end()) {
      const std::vector<std::string> there(header.begin(), header.end());
      return wrong(
          ErrorCode::NotFound, request,
          "there is no column '" + told.column + "'" + text::did_you_mean(told.column, there));
    }
    const auto column = static_cast<std::size_t>(at - header.begin());
    GEMEL_ASSIGN(roles[column], role_of(told, request));
    if (roles[column] == Role::Signals) called[column] = told.meaning;
    if (!give(plan, roles[column], column))
      return wrong(ErrorCode::InvalidInput, request, "two columns are mapped to " + told.meaning);
  }
  // By name, where the map leaves a role open. It is the long layout if it has all three columns.
  const auto named = [&](Role role) {
    for (const auto& word : kNames) {
      for (std::size_t i = 0; word.role == role && i < header.size(); ++i) {
        if (roles[i] == Role::Open && lower(header[i]) == word.name) return i;
      }
    }
    return ColumnPlan::kNone;
  };
  const auto take_named = [&](std::size_t& place, Role role) {
    if (place != ColumnPlan::kNone) return;
    place = named(role);
    if (place != ColumnPlan::kNone) roles[place] = role;
  };
  take_named(plan.time, Role::Time);
  take_named(plan.known_at, Role::KnownAt);
  const bool has_signal =
      plan.signal != ColumnPlan::kNone || named(Role::Signal) != ColumnPlan::kNone;
  const bool has_value = plan.value != ColumnPlan::kNone || named(Role::Value) != ColumnPlan::kNone;
  if (plan.time == ColumnPlan::kNone && !header.empty() && roles[0] == Role::Open) {
    plan.time = 0;
    roles[0] = Role::Time;
  }
  if (plan.time == ColumnPlan::kNone)
    return wrong(ErrorCode::NotFound, request,
                 "no column is the time; name it with --map COLUMN=@time");
  if (has_signal && has_value) {
    take_named(plan.signal, Role::Signal);
    take_named(plan.value, Role::Value);
    take_named(plan.quality, Role::Quality);
    take_named(plan.unit, Role::Unit);
    return plan;
  }
  plan.signal = ColumnPlan::kNone;
  std::vector<bool> taken;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (roles[i] != Role::Open && roles[i] != Role::Signals) continue;
    const auto id = names.find(called[i]);
    if (!id) continue;
    taken.resize(std::max<std::size_t>(taken.size(), id->index + 1), false);
    if (taken[id->index])
      return wrong(ErrorCode::InvalidInput, request,
                   "two columns are " + names.signal(*id).path + "; leave one out with --map " +
                       header[i] + "=@skip");
    taken[id->index] = true;
    plan.signals.emplace_back(i, *id);
  }
  if (names.unknown_count() > 0 && !request.skip_unknown)
    return names.unknown_error(request.path.string());
  if (plan.signals.empty())
    return wrong(ErrorCode::InvalidInput, request,
                 "no column is a signal's; the long layout has the columns time, signal and value, "
                 "the wide one a column for each signal");
  return plan;
}

}  // namespace gemel::exchange::detail
