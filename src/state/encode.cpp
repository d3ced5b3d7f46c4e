#include "state/encode.hpp"

#include <optional>
#include <type_traits>

#include "base/bytes.hpp"
#include "core/event_fields.hpp"

namespace gemel::state {
namespace {

class Encoder {
 public:
  void put(std::uint64_t n) { out_.varint(n); }
  void put(std::uint32_t n) { out_.varint(n); }
  void put(bool flag) { out_.fixed(static_cast<std::uint8_t>(flag)); }
  void put(double value) { out_.fixed(value); }
  void put(const std::string& text) { out_.text(text); }
  void put(Timestamp t) { out_.signed_varint(t.ns); }
  void put(Duration d) { out_.signed_varint(d.ns); }
  void put(Quality quality) {
    out_.varint(static_cast<std::uint64_t>(quality.grade));
    out_.varint(quality.causes);
  }
  template <class E>
    requires std::is_enum_v<E>
  void put(E value) {
    out_.varint(static_cast<std::uint64_t>(value));
  }
  template <class T>
  void put(const std::optional<T>& maybe) {
    put(maybe.has_value());
    if (maybe) put(*maybe);
  }
  template <class T>
  void put(const std::vector<T>& items) {
    out_.varint(items.size());
    for (const auto& item : items) put(item);
  }
  template <class T>
    requires requires(const T& t) { for_each_field(t, [](const char*, const auto&) {}); }
  void put(const T& composed) {
    for_each_field(composed, [this](const char*, const auto& member) { put(member); });
  }
  template <class... T>
  void all(const T&... parts) {
    (put(parts), ...);
  }

  void put(const Belief& b) {
    all(b.value, b.value_time, b.known_at, b.missing_since, b.missing_known_at, b.value_quality);
  }
  void put(const Alarm& a) {
    all(a.raised, a.raised_at, a.cleared_at, a.acknowledged_at, a.acknowledged_by, a.shelved_until,
        a.shelved_by, a.shelve_reason, a.label);
  }
  void put(const Recommendation& r) { all(r.made, r.made_at, r.decided, r.decided_at, r.measured); }
  void put(const CommandTrack& t) { all(t.judged, t.judged_at, t.ended, t.ended_at); }
  void put(const BeliefTable& beliefs) {
    out_.varint(beliefs.size());
    for (std::uint32_t i = 0; i < beliefs.size(); ++i) put(beliefs[SignalId{i}]);
  }
  void put(const Snapshot& s) {
    out_.raw("GSNP");
    out_.varint(1);
    all(s.at, s.known_at, s.beliefs, *s.alarms, *s.recommendations, *s.commands, s.next_id);
  }

  std::string take() { return out_.take(); }

 private:
  ByteWriter out_;
};

}  // namespace

std::string encode(const Snapshot& snapshot) {
  Encoder encoder;
  encoder.put(snapshot);
  return encoder.take();
}

}  // namespace gemel::state
