#include "faults.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace riverside {
namespace {

constexpr std::array<FaultHelp, 9> kHelp{{
    {FaultKind::Cavitation, "cavitation", "line_1 | line_2",
     "an intake vortex draws gas into the pump: head and flow fall and flutter, broadband "
     "vibration",
     10.0},
    {FaultKind::Clogging, "clogging", "line_1 | line_2",
     "the strainer's mesh is covered: its pressure drop rises, suction pressure and flow fall",
     20.0},
    {FaultKind::BearingWear, "bearing_wear", "line_1 | line_2",
     "the pump's bearing wears: vibration in bursts, bearing temperature creeps up", 20.0},
    {FaultKind::Leak, "leak", "riser",
     "water escapes between pumps and tank: pumps deliver more, the tank receives less", 5.0},
    {FaultKind::StuckValve, "stuck_valve", "line_1 | line_2",
     "the control valve seizes where it is and ignores its setpoint", 0.0},
    {FaultKind::DriftingSensor, "drifting_sensor", "any asset, with signal",
     "the reading walks away from the truth", 60.0},
    {FaultKind::DeadSensor, "dead_sensor", "any asset, with signal",
     "variant null (default): the value is null; omitted: the name is missing; frozen: it repeats",
     0.0},
    {FaultKind::DroppedLink, "dropped_link", "-",
     "the MQTT link goes away; variant buffered (default): late but complete; lost: a hole", 0.0},
    {FaultKind::ImpellerWear, "impeller_wear", "line_1 | line_2",
     "the pump's vanes wear: head and flow fall, power less so; severity 1 takes a quarter of the "
     "shut-off head",
     20.0},
}};

constexpr double kDefaultSeverity = 0.8;
constexpr double kWornOutHead = 0.25;  // share of the shut-off head lost at severity 1
constexpr double kDefaultLinkDurationS = 10.0;

const FaultHelp& help_for(FaultKind kind) {
  return *std::find_if(kHelp.begin(), kHelp.end(), [&](const auto& h) { return h.kind == kind; });
}

Result<FaultHelp> find_kind(std::string_view name) {
  std::string known;
  for (const FaultHelp& help : kHelp) {
    if (help.name == name) return help;
    if (!known.empty()) known += ", ";
    known += help.name;
  }
  return Error{fmt::format("unknown fault '{}': use one of {}", name, known)};
}

Result<std::size_t> find_sensor(const FaultWords& words) {
  const bool station = words.asset.empty() || words.asset == "station";
  const auto found = find_signal(station ? "" : words.asset, words.signal);
  if (found) return *found;
  std::string known;
  for (const SignalInfo& each : signals()) known += " " + each.path();
  return Error{fmt::format("fault '{}' names no signal '{}' of '{}': use one of{}", words.fault,
                           words.signal, words.asset, known)};
}

Result<double> positive(const char* name, std::optional<double> given, double otherwise) {
  if (!given) return otherwise;
  if (*given >= 0.0 && *given <= 1e6) return *given;
  return Error{fmt::format("{} {} is out of range: use 0 to 1000000 seconds", name, *given)};
}

Result<void> set_place(FaultRequest& request, const FaultWords& words) {
  switch (request.kind) {
    case FaultKind::Leak:
    case FaultKind::DroppedLink:
      return {};
    case FaultKind::DriftingSensor:
    case FaultKind::DeadSensor: {
      const auto sensor = find_sensor(words);
      if (!sensor) return sensor.error();
      request.signal = *sensor;
      return {};
    }
    default: {
      const auto line = find_line(words.asset);
      if (!line) {
        return Error{fmt::format("fault '{}' cannot be at '{}': use line_1 or line_2", words.fault,
                                 words.asset)};
      }
      request.line = *line;
      return {};
    }
  }
}

Result<void> set_variant(FaultRequest& request, const FaultWords& words) {
  if (words.variant.empty()) return {};
  if (request.kind == FaultKind::DeadSensor) {
    if (words.variant == "null") return request.death = SensorHealth::Null, Result<void>{};
    if (words.variant == "omitted") return request.death = SensorHealth::Omitted, Result<void>{};
    if (words.variant == "frozen") return request.death = SensorHealth::Frozen, Result<void>{};
    return Error{fmt::format("unknown variant '{}' of dead_sensor: use null, omitted or frozen",
                             words.variant)};
  }
  if (request.kind == FaultKind::DroppedLink) {
    if (words.variant == "buffered") return request.link = LinkFault::Buffer, Result<void>{};
    if (words.variant == "lost") return request.link = LinkFault::Lose, Result<void>{};
    return Error{
        fmt::format("unknown variant '{}' of dropped_link: use buffered or lost", words.variant)};
  }
  return Error{
      fmt::format("fault '{}' has no variants: leave '{}' out", words.fault, words.variant)};
}

bool same_place(const FaultRequest& a, const FaultRequest& b) {
  return a.kind == b.kind && a.line == b.line && a.signal == b.signal;
}

std::string_view name_of(SensorHealth death) {
  switch (death) {
    case SensorHealth::Alive:
      return "alive";
    case SensorHealth::Null:
      return "null";
    case SensorHealth::Omitted:
      return "omitted";
    case SensorHealth::Frozen:
      return "frozen";
  }
  return "?";
}

std::string place_of(const FaultRequest& request) {
  switch (request.kind) {
    case FaultKind::Leak:
      return "riser";
    case FaultKind::DroppedLink:
      return request.link == LinkFault::Lose ? "lost" : "buffered";
    case FaultKind::DriftingSensor:
    case FaultKind::DeadSensor:
      return signals()[request.signal].path();
    default:
      return fmt::format("line_{}", request.line + 1);
  }
}

}  // namespace

std::span<const FaultHelp> fault_help() { return kHelp; }

std::optional<int> find_line(std::string_view asset) {
  for (int line = 0; line < kLineCount; ++line) {
    const std::string own = fmt::format("line_{}", line + 1);
    if (asset == own) return line;
    for (const AssetSignals& each : assets()) {
      const bool mine = each.asset.starts_with(own + ".");
      if (mine && (each.asset == asset || each.asset.substr(own.size() + 1) == asset)) return line;
    }
  }
  return std::nullopt;
}

Result<FaultRequest> resolve(const FaultWords& words) {
  const auto kind = find_kind(words.fault);
  if (!kind) return kind.error();
  FaultRequest request;
  request.kind = kind->kind;
  request.severity = words.severity.value_or(kDefaultSeverity);
  if (!(request.severity >= 0.0 && request.severity <= 1.0)) {
    return Error{fmt::format("severity {} is out of range: use 0 to 1", request.severity)};
  }
  const auto ramp = positive("ramp", words.ramp_s, kind->ramp_s);
  if (!ramp) return ramp.error();
  request.ramp_s = *ramp;
  const bool link = request.kind == FaultKind::DroppedLink;
  const auto duration = positive("duration", words.duration_s, link ? kDefaultLinkDurationS : 0.0);
  if (!duration) return duration.error();
  request.duration_s = *duration;
  if (const auto placed = set_place(request, words); !placed) return placed.error();
  if (const auto varied = set_variant(request, words); !varied) return varied.error();
  return request;
}

std::string describe(const FaultRequest& request) {
  std::string text = fmt::format("{} {}", help_for(request.kind).name, place_of(request));
  const bool graded = request.kind != FaultKind::StuckValve &&
                      request.kind != FaultKind::DeadSensor &&
                      request.kind != FaultKind::DroppedLink;
  if (graded) text += fmt::format(" severity {:.2g} over {:g} s", request.severity, request.ramp_s);
  if (request.kind == FaultKind::DeadSensor) text += fmt::format(" {}", name_of(request.death));
  if (request.duration_s > 0.0) text += fmt::format(" for {:g} s", request.duration_s);
  return text;
}

double FaultBoard::Active::level(EpochMs now) const {
  const double elapsed_s = static_cast<double>(now - since) / 1e3;
  const double grown =
      request.ramp_s > 0.0 ? std::clamp(elapsed_s / request.ramp_s, 0.0, 1.0) : 1.0;
  return from_level + (request.severity - from_level) * grown;
}

bool FaultBoard::Active::over(EpochMs now) const {
  return request.duration_s > 0.0 && static_cast<double>(now - since) >= request.duration_s * 1e3;
}

void FaultBoard::start(const FaultRequest& request, EpochMs now) {
  const auto old = std::find_if(active_.begin(), active_.end(), [&](const Active& each) {
    return same_place(each.request, request);
  });
  const double from_level = old != active_.end() ? old->level(now) : 0.0;
  if (old != active_.end()) active_.erase(old);
  active_.push_back({request, now, from_level});
}

void FaultBoard::clear() { active_.clear(); }

void FaultBoard::clear(const FaultRequest& request) {
  std::erase_if(active_, [&](const Active& each) { return same_place(each.request, request); });
}

bool FaultBoard::plausible() const {
  return std::all_of(active_.begin(), active_.end(), [](const Active& each) {
    const FaultRequest& request = each.request;
    return request.line >= 0 && request.line < kLineCount && request.signal < kSignalCount;
  });
}

const FaultEffects& FaultBoard::advance(EpochMs now) {
  std::erase_if(active_, [&](const Active& each) { return each.over(now); });
  effects_ = {};
  for (const Active& each : active_) apply(each, now);
  return effects_;
}

void FaultBoard::apply(const Active& fault, EpochMs now) {
  const FaultRequest& request = fault.request;
  const auto line = static_cast<std::size_t>(request.line);
  const double level = fault.level(now);
  switch (request.kind) {
    case FaultKind::Cavitation:
      effects_.gas[line] = level;
      break;
    case FaultKind::Clogging:
      effects_.blocked[line] = level;
      break;
    case FaultKind::BearingWear:
      effects_.wear[line] = level;
      break;
    case FaultKind::Leak:
      effects_.leak = level;
      break;
    case FaultKind::StuckValve:
      effects_.seized[line] = true;
      break;
    case FaultKind::DriftingSensor:
      effects_.sensor[request.signal].bias = level * signals()[request.signal].sensor.drift_full;
      break;
    case FaultKind::DeadSensor:
      effects_.sensor[request.signal].health = request.death;
      break;
    case FaultKind::DroppedLink:
      effects_.link = request.link;
      break;
    case FaultKind::ImpellerWear:
      effects_.impeller_wear[line] = kWornOutHead * level;
      break;
  }
}

}  // namespace riverside
