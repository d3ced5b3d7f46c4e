#include "inference/sensor_watch.hpp"

#include <algorithm>
#include <functional>

#include "base/text.hpp"
#include "inference/wording.hpp"

namespace gemel::inference {
namespace {

/// How long a gap must be open before one signal alone is called dead: its neighbours may be about
/// to fall silent too.
constexpr Duration kGrace = Duration::seconds(2);
/// After a start the sources need a moment to connect; until then silence says nothing about the
/// plant.
constexpr Duration kStartGrace = Duration::seconds(5);
/// Signals that were last heard this close together fell silent together.
constexpr Duration kTogether = Duration::seconds(2);
/// How long values must have come again before the link or the sensor counts as back.
constexpr Duration kBackFor = Duration::seconds(5);
constexpr std::uint32_t kGoodInRow = 5;

Duration faulty_for(const Signal& signal) {
  return std::max(Duration::seconds(10), signal.period * 10);
}

}  // namespace

SensorWatch::SensorWatch(std::shared_ptr<const Plant> plant)
    : plant_(std::move(plant)), sensors_(plant_->signals.size()) {
  for (std::size_t i = 0; i < sensors_.size(); ++i)
    sensors_[i].measured = plant_->signals[i].role == SignalRole::Measured;
  group_by_source();
  group_by_asset();
  // Largest first: the widest silence is the one to tell of.
  for (auto& sensor : sensors_) {
    std::ranges::stable_sort(sensor.groups, std::greater<>(),
                             [this](auto g) { return groups_[g].members.size(); });
  }
}

void SensorWatch::add_group(Group group) {
  std::ranges::sort(group.members);
  const auto [first, last] = std::ranges::unique(group.members);
  group.members.erase(first, last);
  if (group.members.size() < 2) return;
  for (const auto& other : groups_) {
    if (other.members == group.members) return;
  }
  const auto index = static_cast<std::uint32_t>(groups_.size());
  for (const auto m : group.members) sensors_[m].groups.push_back(index);
  groups_.push_back(std::move(group));
}

void SensorWatch::group_by_source() {
  std::vector<Group> groups(plant_->sources.size());
  for (const auto& binding : plant_->bindings) {
    if (binding.source >= groups.size()) continue;
    for (const auto& field : binding.fields) {
      if (plant_->signal(field.signal).gap > Duration{})
        groups[binding.source].members.push_back(field.signal.index);
    }
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto& name = plant_->sources[i].name;
    groups[i].source = "source." + name + ".link";
    groups[i].name = name + ": link lost";
    groups[i].cause = "nothing comes from source " + name;
    groups[i].action = "Check the network and the source " + name +
                       "; what depends on it is judged blind until it is back.";
    add_group(std::move(groups[i]));
  }
}

/// Assets deeper in the tree first: of two with the same signals the nearer one is named.
void SensorWatch::group_by_asset() {
  std::vector<const Asset*> assets;
  for (const auto& asset : plant_->assets) assets.push_back(&asset);
  std::ranges::stable_sort(assets, std::greater<>(), [](const Asset* a) {
    return a->path.empty() ? -1 : std::ranges::count(a->path, '.');
  });
  for (const Asset* asset : assets) {
    const auto label = asset_label(*plant_, *asset);
    Group group;
    group.members = watched_below(*asset);
    group.source = (asset->path.empty() ? "" : asset->path + ".") + "link";
    group.name = label + ": link lost";
    group.asset = asset->path;
    group.cause = "none of the signals of " + label + " comes in";
    group.action = "Check power and network of " + label +
                   "'s instruments; it is judged blind until they are back.";
    add_group(std::move(group));
  }
}

std::vector<std::uint32_t> SensorWatch::watched_below(const Asset& asset) const {
  std::vector<std::uint32_t> members;
  for (const auto id : asset.signals) {
    const auto& signal = plant_->signal(id);
    if (signal.role == SignalRole::Measured && signal.gap > Duration{}) members.push_back(id.index);
  }
  for (const auto child : asset.children) {
    const auto below = watched_below(plant_->asset(child));
    members.insert(members.end(), below.begin(), below.end());
  }
  return members;
}

std::string SensorWatch::alarm_source(std::uint32_t signal) const {
  return plant_->signals[signal].path + ".sensor";
}

bool SensorWatch::knows(std::string_view source) const {
  if (std::ranges::any_of(groups_, [&](const Group& g) { return g.source == source; })) return true;
  if (!source.ends_with(".sensor")) return false;
  return plant_->find_signal(source.substr(0, source.size() - 7)).has_value();
}

void SensorWatch::list(std::uint32_t signal) {
  if (sensors_[signal].listed) return;
  sensors_[signal].listed = true;
  troubled_.push_back(signal);
}

void SensorWatch::restore(const Snapshot& snapshot, const AlarmBook& book) {
  for (auto& group : groups_) group.open = book.is_open(group.source);
  for (std::uint32_t i = 0; i < sensors_.size() && i < snapshot.beliefs.size(); ++i) {
    const auto& belief = snapshot.beliefs[SignalId{i}];
    sensors_[i].value_time = belief.value_time;
    sensors_[i].value = belief.value;
    if (plant_->signals[i].role == SignalRole::Measured && belief.has_value() && belief.missing()) {
      sensors_[i].missing_known = snapshot.known_at;
      list(i);
    }
    if (book.is_open(alarm_source(i))) list(i);
  }
}

void SensorWatch::note_value(Sensor& sensor, const Sample& sample) {
  sensor.value = sample.value;
  const bool stuck = sample.quality.has(Cause::Stuck);
  if (!stuck && sample.quality.usable()) {
    if (++sensor.good_in_row >= kGoodInRow) sensor.trouble = Trouble::None;
    return;
  }
  const auto trouble = stuck ? Trouble::Stuck : Trouble::Faulty;
  if (sensor.trouble != trouble) sensor.trouble_since = sample.source_time;
  sensor.trouble = trouble;
  sensor.causes = sample.quality.causes;
  sensor.good_in_row = 0;
}

void SensorWatch::take(const Sample& sample, Timestamp now) {
  const auto index = sample.signal.index;
  Sensor& sensor = sensors_[index];
  if (!sensor.measured || sample.source_time < sensor.value_time) return;
  if (sample.quality.grade == Grade::Missing) {
    if (!sensor.missing()) sensor.missing_known = now;
    list(index);
    return;
  }
  sensor.value_time = sample.source_time;
  sensor.heard = now;
  sensor.missing_known = Timestamp::max();
  note_value(sensor, sample);
  if (sensor.trouble != Trouble::None) list(index);
}

bool SensorWatch::silent(std::uint32_t signal, Timestamp now) const {
  const Sensor& sensor = sensors_[signal];
  return sensor.missing() ||
         now - std::max(sensor.heard, began_) > plant_->signals[signal].period * 2;
}

/// A slow signal that was not due yet can't contradict: it only must not have come since the others
/// fell silent.
bool SensorWatch::all_silent(const Group& group, Timestamp now) const {
  Timestamp last_heard = Timestamp::min();
  std::size_t silent_ones = 0;
  for (const auto m : group.members) {
    if (!silent(m, now)) continue;
    last_heard = std::max(last_heard, sensors_[m].heard);
    ++silent_ones;
  }
  if (silent_ones * 2 < group.members.size()) return false;
  return std::ranges::all_of(group.members, [&](auto m) {
    return silent(m, now) || sensors_[m].heard <= last_heard + kTogether;
  });
}

bool SensorWatch::any_group_open(const Sensor& sensor) const {
  return std::ranges::any_of(sensor.groups, [this](auto g) { return groups_[g].open; });
}

void SensorWatch::raise_group(Group& group, Timestamp now, AlarmBook& book, std::uint64_t& next_id,
                              std::vector<Event>& events) {
  AlarmRaised alarm;
  alarm.asset = group.asset;
  alarm.source = group.source;
  alarm.name = group.name;
  alarm.priority = Priority::High;
  alarm.onset = Timestamp::min();
  for (const auto m : group.members) alarm.onset = std::max(alarm.onset, sensors_[m].value_time);
  if (alarm.onset == Timestamp::min()) alarm.onset = now;
  alarm.cause = group.cause + " (" + std::to_string(group.members.size()) + " signals) since " +
                to_string(alarm.onset);
  alarm.consequence =
      "Nothing is known of these signals; detectors and decisions that need them stand still.";
  alarm.action = group.action;
  alarm.score = 1.0;
  alarm.version = "built in";
  group.open = true;
  group.back_since = Timestamp::max();
  book.raise(std::move(alarm), now, next_id, events);
  for (const auto m : group.members) {
    // Told by the group from now on; a sensor that is stuck or faulty stays so when the link is
    // back.
    if (sensors_[m].trouble == Trouble::None) book.clear(alarm_source(m), events);
  }
}

bool SensorWatch::open_group_of(std::uint32_t signal, Timestamp now, AlarmBook& book,
                                std::uint64_t& next_id, std::vector<Event>& events) {
  const auto& groups = sensors_[signal].groups;
  const auto widest =
      std::ranges::find_if(groups, [&](auto g) { return all_silent(groups_[g], now); });
  if (widest == groups.end()) return any_group_open(sensors_[signal]);
  if (groups_[*widest].open) return true;
  raise_group(groups_[*widest], now, book, next_id, events);
  for (auto& smaller : groups_) {
    const bool inside = smaller.open && &smaller != &groups_[*widest] &&
                        std::ranges::includes(groups_[*widest].members, smaller.members);
    if (!inside) continue;
    smaller.open = false;
    book.clear(smaller.source, events);
  }
  return true;
}

void SensorWatch::close_groups(Timestamp now, AlarmBook& book, std::vector<Event>& events) {
  for (auto& group : groups_) {
    if (!group.open) continue;
    const bool back = !all_silent(group, now);
    if (!back) group.back_since = Timestamp::max();
    if (!back) continue;
    group.back_since = std::min(group.back_since, now);
    if (now - group.back_since < kBackFor) continue;
    group.open = false;
    book.clear(group.source, events);
    for (const auto m : group.members) {
      if (sensors_[m].missing())
        sensors_[m].missing_known = now;  // those that stay away get their own grace
    }
  }
}

bool SensorWatch::due(std::uint32_t signal, Timestamp now) const {
  const Sensor& sensor = sensors_[signal];
  if (sensor.missing()) return now - sensor.missing_known >= kGrace;
  if (sensor.trouble == Trouble::Stuck)
    return true;  // the pipeline has waited for stuck_after already
  return sensor.trouble == Trouble::Faulty &&
         sensor.value_time - sensor.trouble_since >= faulty_for(plant_->signals[signal]);
}

bool SensorWatch::still_in_trouble(std::uint32_t signal, Timestamp now) const {
  const Sensor& sensor = sensors_[signal];
  return sensor.missing() || sensor.trouble != Trouble::None || sensor.good_in_row < kGoodInRow ||
         silent(signal, now);
}

AlarmRaised SensorWatch::describe(std::uint32_t index) const {
  const Signal& signal = plant_->signals[index];
  const Sensor& sensor = sensors_[index];
  const Asset& asset = plant_->asset(signal.asset);
  const auto name = asset_label(*plant_, asset) + "." + signal.name;
  AlarmRaised alarm;
  alarm.asset = asset.path;
  alarm.source = alarm_source(index);
  alarm.score = 1.0;
  alarm.version = "built in";
  alarm.onset = sensor.trouble_since;
  alarm.consequence = "Detectors judge without " + signal.name + "; rules on it rest.";
  alarm.action = "Check the sensor, its cable and its supply; calibrate or replace it.";
  if (sensor.missing()) {
    alarm.onset = sensor.value_time;
    alarm.name = name + ": dead sensor";
    alarm.cause = sensor.value_time == Timestamp::min()
                      ? signal.name + " has never sent a value, while its neighbours do"
                      : signal.name + " has been silent since " + to_string(sensor.value_time) +
                            ", while its neighbours report";
    if (sensor.value_time == Timestamp::min()) alarm.onset = sensor.missing_known;
  } else if (sensor.trouble == Trouble::Stuck) {
    alarm.name = name + ": stuck sensor";
    alarm.cause = signal.name + " has stood at exactly " + with_unit(signal, sensor.value) +
                  " for longer than " + to_string(signal.stuck_after);
  } else {
    Quality quality;
    quality.causes = sensor.causes;
    quality.grade = Grade::Bad;
    alarm.name = name + ": faulty sensor";
    alarm.cause = signal.name + " has been " + to_string(quality) + " since " +
                  to_string(sensor.trouble_since) + ", last " + with_unit(signal, sensor.value);
  }
  alarm.drivers = {{signal.path, 1.0, sensor.value, sensor.value}};
  return alarm;
}

void SensorWatch::judge_sensor(std::uint32_t signal, Timestamp now, AlarmBook& book,
                               std::uint64_t& next_id, std::vector<Event>& events) {
  if (sensors_[signal].missing() && now - began_ < kStartGrace) return;
  if (sensors_[signal].missing() && open_group_of(signal, now, book, next_id, events)) return;
  if (due(signal, now)) {
    book.raise(describe(signal), now, next_id, events);
    return;
  }
  if (still_in_trouble(signal, now)) return;
  book.clear(alarm_source(signal), events);
  sensors_[signal].listed = false;
}

void SensorWatch::judge(Timestamp now, AlarmBook& book, std::uint64_t& next_id,
                        std::vector<Event>& events) {
  if (began_ == Timestamp::min()) began_ = now;
  close_groups(now, book, events);
  for (std::size_t i = 0; i < troubled_.size(); ++i)
    judge_sensor(troubled_[i], now, book, next_id, events);
  std::erase_if(troubled_, [this](auto signal) { return !sensors_[signal].listed; });
}

}  // namespace gemel::inference
