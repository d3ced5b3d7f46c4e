#include "state/fold.hpp"

#include <algorithm>
#include <optional>

#include "base/check.hpp"

namespace gemel::state {
namespace {

// When a thing ended; empty while it is open.
std::optional<Timestamp> ended_at(const Alarm& alarm) {
  if (!alarm.cleared_at || !alarm.acknowledged_at) return std::nullopt;
  return std::max(*alarm.cleared_at, *alarm.acknowledged_at);
}
std::optional<Timestamp> ended_at(const Recommendation& recommendation) {
  return recommendation.open() ? std::nullopt : std::optional(recommendation.decided_at);
}
std::optional<Timestamp> ended_at(const CommandTrack& track) {
  if (track.pending()) return std::nullopt;
  return track.ended ? track.ended_at : track.judged_at;
}

std::uint64_t id_of(const Alarm& alarm) { return alarm.raised.alarm; }
std::uint64_t id_of(const Recommendation& recommendation) {
  return recommendation.made.recommendation;
}
std::uint64_t id_of(const CommandTrack& track) { return track.judged.command.id; }

template <class Item>
Item* find(std::vector<Item>& items, std::uint64_t id) {
  // What is talked about is mostly young, and the young ones are at the end.
  const auto it = std::find_if(items.rbegin(), items.rend(),
                               [&](const Item& item) { return id_of(item) == id; });
  return it == items.rend() ? nullptr : &*it;
}

/// Lets the one that ended longest ago go when more than kKeepEnded have.
template <class Item>
void keep_newest_ended(std::vector<Item>& items) {
  std::size_t ended = 0;
  auto oldest = items.end();
  for (auto it = items.begin(); it != items.end(); ++it) {
    const auto end = ended_at(*it);
    if (!end) continue;
    ++ended;
    if (oldest == items.end() || *end < *ended_at(*oldest)) oldest = it;
  }
  if (ended > Snapshot::kKeepEnded) items.erase(oldest);
}

/// The lists of a snapshot while events change them: each is copied at the first change and put
/// back once.
class EventFold {
 public:
  explicit EventFold(Snapshot& snapshot) : snapshot_(snapshot) {}
  ~EventFold() {
    put_back(alarms_, snapshot_.alarms);
    put_back(recommendations_, snapshot_.recommendations);
    put_back(commands_, snapshot_.commands);
  }
  EventFold(const EventFold&) = delete;
  EventFold& operator=(const EventFold&) = delete;

  void apply(const Event& event) {
    now_ = event.known_at;
    std::visit([this](const auto& body) { take(body); }, event.body);
  }

 private:
  std::vector<Alarm>& alarms() { return edit(alarms_, snapshot_.alarms); }
  std::vector<Recommendation>& recommendations() {
    return edit(recommendations_, snapshot_.recommendations);
  }
  std::vector<CommandTrack>& commands() { return edit(commands_, snapshot_.commands); }

  void take(const AlarmRaised& raised) {
    see(raised.alarm);
    if (find(alarms(), raised.alarm)) return;
    auto& alarm = alarms().emplace_back();
    alarm.raised = raised;
    alarm.raised_at = now_;
  }
  void take(const AlarmUpdated& updated) {
    auto* alarm = find(alarms(), updated.alarm);
    if (!alarm) return;
    alarm->raised.name = updated.name;
    alarm->raised.score = updated.score;
    alarm->raised.drivers = updated.drivers;
  }
  void take(const AlarmAcknowledged& acknowledged) {
    auto* alarm = find(alarms(), acknowledged.alarm);
    if (!alarm || alarm->acknowledged_at) return;
    alarm->acknowledged_at = now_;
    alarm->acknowledged_by = acknowledged.by;
    keep_newest_ended(alarms());
  }
  void take(const AlarmShelved& shelved) {
    auto* alarm = find(alarms(), shelved.alarm);
    if (!alarm) return;
    alarm->shelved_until = shelved.until;
    alarm->shelved_by = shelved.by;
    alarm->shelve_reason = shelved.reason;
  }
  void take(const AlarmUnshelved& unshelved) {
    auto* alarm = find(alarms(), unshelved.alarm);
    if (!alarm) return;
    alarm->shelved_until.reset();
    alarm->shelved_by.clear();
    alarm->shelve_reason.clear();
  }
  void take(const AlarmLabelled& labelled) {
    if (auto* alarm = find(alarms(), labelled.alarm)) alarm->label = labelled;
  }
  void take(const AlarmCleared& cleared) {
    auto* alarm = find(alarms(), cleared.alarm);
    if (!alarm || alarm->cleared_at) return;
    alarm->cleared_at = now_;
    keep_newest_ended(alarms());
  }

  void take(const RecommendationMade& made) {
    see(made.recommendation);
    if (find(recommendations(), made.recommendation)) return;
    auto& recommendation = recommendations().emplace_back();
    recommendation.made = made;
    recommendation.made_at = now_;
  }
  void take(const RecommendationDecided& decided) {
    auto* recommendation = find(recommendations(), decided.recommendation);
    if (!recommendation || recommendation->decided) return;
    recommendation->decided = decided;
    recommendation->decided_at = now_;
    keep_newest_ended(recommendations());
  }
  void take(const RecommendationMeasured& measured) {
    if (auto* recommendation = find(recommendations(), measured.recommendation))
      recommendation->measured = measured;
  }

  void take(const CommandJudged& judged) {
    see(judged.command.id);
    if (find(commands(), judged.command.id)) return;
    auto& track = commands().emplace_back();
    track.judged = judged;
    track.judged_at = now_;
    keep_newest_ended(commands());
  }
  void take(const CommandEnded& ended) {
    auto* track = find(commands(), ended.command);
    if (!track || !track->pending()) return;
    track->ended = ended;
    track->ended_at = now_;
    keep_newest_ended(commands());
  }

  void take(const Trained&) {}
  void take(const Notice&) {}
  void take(const DriftFound&) {}
  void take(const RetrainAsked&) {}

  void see(std::uint64_t id) { snapshot_.next_id = std::max(snapshot_.next_id, id + 1); }

  template <class Item>
  using Edited = std::shared_ptr<std::vector<Item>>;
  template <class Item>
  static std::vector<Item>& edit(Edited<Item>& edited,
                                 const std::shared_ptr<const std::vector<Item>>& published) {
    if (!edited) edited = std::make_shared<std::vector<Item>>(*published);
    return *edited;
  }
  template <class Item>
  static void put_back(Edited<Item>& edited, std::shared_ptr<const std::vector<Item>>& published) {
    if (edited) published = std::move(edited);
  }

  Snapshot& snapshot_;
  Timestamp now_;
  Edited<Alarm> alarms_;
  Edited<Recommendation> recommendations_;
  Edited<CommandTrack> commands_;
};

}  // namespace

void fold_events(Snapshot& snapshot, std::span<const Event> events) {
  EventFold fold(snapshot);
  for (const auto& event : events) fold.apply(event);
}

void fold_event(Snapshot& snapshot, const Event& event) { fold_events(snapshot, {&event, 1}); }

State::State(const Plant& plant) : working_(plant.signals.size()) {}
State::State(Snapshot restored) : working_(std::move(restored)) {}

void State::apply(const Frame& frame) {
  GEMEL_CHECK(frame.known_at >= working_.known_at);
  working_.at = working_.known_at = frame.known_at;
  for (const auto& sample : frame.samples) {
    working_.beliefs.edit(sample.signal)
        .absorb({sample.source_time, frame.known_at, sample.value, sample.quality});
  }
  fold_events(working_, frame.events);
}

}  // namespace gemel::state
