#include "inference/alarms.hpp"

#include <algorithm>
#include <functional>

namespace gemel::inference {
namespace {

std::vector<std::string> names_of(std::vector<Driver> drivers) {
  std::vector<std::string> names;
  for (const auto& d : main_drivers(drivers)) names.push_back(d.signal);
  return names;
}

/// Leading driver first; the order of the others is no news.
bool same_picture(const std::vector<Driver>& a, const std::vector<Driver>& b) {
  auto x = names_of(a);
  auto y = names_of(b);
  if (x.empty() || y.empty()) return x.empty() == y.empty();
  if (x.front() != y.front()) return false;
  std::ranges::sort(x);
  std::ranges::sort(y);
  return x == y;
}

}  // namespace

std::vector<Driver> main_drivers(const std::vector<Driver>& drivers) {
  std::vector<Driver> main;
  for (const auto& driver : drivers) {
    if (main.empty() || (driver.contribution >= 0.2 && main.size() < 3)) main.push_back(driver);
  }
  return main;
}

void AlarmBook::restore(const Snapshot& snapshot) {
  for (const auto& alarm : *snapshot.alarms) {
    if (!alarm.active()) continue;
    const auto& r = alarm.raised;
    open_[r.source] = {r.alarm, r.asset, r.priority, r.score, r.drivers, alarm.raised_at};
  }
  ++revision_;
}

void AlarmBook::raise(AlarmRaised what, Timestamp at, std::uint64_t& next_id,
                      std::vector<Event>& events) {
  if (is_open(what.source)) return;
  what.alarm = next_id++;
  open_[what.source] = {what.alarm, what.asset, what.priority, what.score, what.drivers, at};
  ++revision_;
  events.push_back({{}, std::move(what)});
}

void AlarmBook::update(std::string_view source, const std::string& name, double score,
                       const std::vector<Driver>& drivers, Timestamp at,
                       std::vector<Event>& events) {
  const auto found = open_.find(source);
  if (found == open_.end()) return;
  Open& open = found->second;
  if (at - open.told < kUpdateEvery) return;
  if (score < 2.0 * open.score && same_picture(drivers, open.drivers)) return;
  open.told = at;
  open.score = score;
  open.drivers = drivers;
  events.push_back({{}, AlarmUpdated{open.id, name, score, drivers}});
}

void AlarmBook::clear(std::string_view source, std::vector<Event>& events) {
  const auto found = open_.find(source);
  if (found == open_.end()) return;
  events.push_back({{}, AlarmCleared{found->second.id}});
  open_.erase(found);
  ++revision_;
}

void AlarmBook::expire_shelving(const Snapshot& working, Timestamp now,
                                std::vector<Event>& events) {
  for (const auto& alarm : *working.alarms) {
    const auto id = alarm.raised.alarm;
    if (!alarm.shelved_until) {
      expired_.erase(id);
      continue;
    }
    if (*alarm.shelved_until > now) continue;
    const auto done = expired_.find(id);
    if (done != expired_.end() && done->second == *alarm.shelved_until) continue;
    expired_[id] = *alarm.shelved_until;
    events.push_back({{}, AlarmUnshelved{id, "expiry"}});
  }
}

void DriverMix::add(const std::vector<Driver>& drivers) {
  for (auto& d : mix_) d.contribution *= kFade;
  for (const auto& fresh : drivers) {
    const auto known = std::ranges::find(mix_, fresh.signal, &Driver::signal);
    if (known == mix_.end()) {
      mix_.push_back(fresh);
      continue;
    }
    known->contribution += fresh.contribution;
    known->value = fresh.value;
    known->expected = fresh.expected;
  }
}

std::vector<Driver> DriverMix::drivers() const {
  auto out = mix_;
  double sum = 0.0;
  for (const auto& d : out) sum += d.contribution;
  if (sum > 0.0) {
    for (auto& d : out) d.contribution /= sum;
  }
  std::ranges::stable_sort(out, std::greater<>(), &Driver::contribution);
  return out;
}

}  // namespace gemel::inference
