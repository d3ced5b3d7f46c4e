#include "api/detail/encode_series.hpp"

#include "api/detail/encode.hpp"
#include "api/detail/json_writer.hpp"

namespace gemel::api {
namespace {

constexpr std::size_t kBytesABelief = 190;
constexpr std::size_t kBytesAColumnBelief = 20;
constexpr std::size_t kBytesARecord = 55;
constexpr std::size_t kBytesABucket = 90;
constexpr std::size_t kBytesAround = 400;

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void write_belief(JsonWriter& out, const Belief& belief) {
  const auto quality = belief.quality();
  out.raw("{\"value\":");
  belief.has_value() ? out.number(belief.value) : out.raw("null");
  out.raw(",\"quality\":").plain_text(to_string(quality.grade));
  out.raw(",\"causes\":").causes(quality);
  out.raw(",\"time\":").time(belief.value_time);
  out.raw(",\"known_at\":").time(belief.known_at);
  out.raw(",\"missing_since\":");
  out.time(belief.missing() ? belief.missing_since : Timestamp::min()).raw("}");
}

void write_head(JsonWriter& out, const Signal& signal) {
  out.raw("{\"signal\":").text(signal.path).raw(",\"unit\":").text(signal.unit.symbol);
}

}  // namespace

std::string write_snapshot(const Snapshot& snapshot, const Plant& plant, bool live) {
  JsonWriter out(kBytesAround + plant.signals.size() * kBytesABelief);
  out.raw("{\"at\":").time(snapshot.at).raw(",\"known_at\":").time(snapshot.known_at);
  out.raw(live ? ",\"live\":true" : ",\"live\":false").raw(",\"signals\":{");
  for (const auto& signal : plant.signals) {
    if (signal.id.index > 0) out.raw(",");
    out.text(signal.path).raw(":");
    write_belief(out, snapshot.beliefs[signal.id]);
  }
  out.raw("},\"alarms\":").raw(text_of(encode_all(*snapshot.alarms)));
  out.raw(",\"recommendations\":").raw(text_of(encode_all(*snapshot.recommendations)));
  out.raw(",\"commands\":").raw(text_of(encode_all(*snapshot.commands)));
  return out.raw("}").take();
}

std::string write_snapshot_columns(const Snapshot& snapshot, const Plant& plant, bool live) {
  JsonWriter out(kBytesAround + plant.signals.size() * kBytesAColumnBelief);
  out.raw("{\"at\":").time(snapshot.at).raw(",\"known_at\":").time(snapshot.known_at);
  out.raw(live ? ",\"live\":true" : ",\"live\":false");
  out.raw(",\"version\":").text(plant.version);
  const auto belief = [&](const Signal& signal) -> const Belief& {
    return snapshot.beliefs[signal.id];
  };
  out.raw(",\"value\":").list(plant.signals, [&](const Signal& signal) {
    belief(signal).has_value() ? out.number(belief(signal).value) : out.raw("null");
  });
  const auto at = milliseconds(snapshot.at);
  out.raw(",\"age_ms\":").list(plant.signals, [&](const Signal& signal) {
    belief(signal).has_value() ? out.integer(at - milliseconds(belief(signal).value_time))
                               : out.raw("null");
  });
  out.raw(",\"grade\":").list(plant.signals, [&](const Signal& signal) {
    out.integer(static_cast<std::int64_t>(belief(signal).quality().grade));
  });
  // Few signals have causes or are missing: those are named by their place.
  bool first = true;
  out.raw(",\"causes\":{");
  for (const auto& signal : plant.signals) {
    const auto quality = belief(signal).quality();
    if (quality.causes == 0) continue;
    out.raw(first ? "\"" : ",\"").integer(signal.id.index).raw("\":").causes(quality);
    first = false;
  }
  first = true;
  out.raw("},\"missing_since\":{");
  for (const auto& signal : plant.signals) {
    if (!belief(signal).missing()) continue;
    out.raw(first ? "\"" : ",\"").integer(signal.id.index).raw("\":");
    out.time(belief(signal).missing_since);
    first = false;
  }
  out.raw("},\"alarms\":").raw(text_of(encode_all(*snapshot.alarms)));
  out.raw(",\"recommendations\":").raw(text_of(encode_all(*snapshot.recommendations)));
  out.raw(",\"commands\":").raw(text_of(encode_all(*snapshot.commands)));
  return out.raw("}").take();
}

std::string write_latest(const Snapshot& snapshot, const Plant& plant,
                         std::span<const SignalId> signals) {
  JsonWriter out(kBytesAround + signals.size() * kBytesABelief);
  out.raw("{\"at\":").time(snapshot.at).raw(",\"known_at\":").time(snapshot.known_at);
  out.raw(",\"signals\":{");
  for (const auto& id : signals) {
    if (&id != signals.data()) out.raw(",");
    out.text(plant.signal(id).path).raw(":");
    write_belief(out, snapshot.beliefs[id]);
  }
  return out.raw("}}").take();
}

std::string write_samples(const Signal& signal, const std::vector<Record>& records) {
  JsonWriter out(kBytesAround + records.size() * kBytesARecord);
  write_head(out, signal);
  out.raw(",\"t\":").list(records,
                          [&](const Record& r) { out.integer(milliseconds(r.source_time)); });
  out.raw(",\"known_at\":").list(records, [&](const Record& r) {
    out.integer(milliseconds(r.known_at));
  });
  out.raw(",\"value\":").list(records, [&](const Record& r) {
    r.quality.grade == Grade::Missing ? out.raw("null") : out.number(r.value);
  });
  out.raw(",\"quality\":").list(records, [&](const Record& r) {
    out.plain_text(to_string(r.quality.grade));
  });
  out.raw(",\"causes\":").list(records, [&](const Record& r) { out.causes(r.quality); });
  return out.raw("}").take();
}

std::string write_trend(const Signal& signal, TimeRange range, const std::vector<Bucket>& buckets) {
  JsonWriter out(kBytesAround + buckets.size() * kBytesABucket);
  write_head(out, signal);
  out.raw(",\"from\":").time(range.from).raw(",\"until\":").time(range.until);
  const auto values = [&](std::string_view name, double Bucket::* value) {
    out.raw(name).list(
        buckets, [&](const Bucket& b) { b.count > 0 ? out.number(b.*value) : out.raw("null"); });
  };
  out.raw(",\"t\":").list(buckets, [&](const Bucket& b) { out.integer(milliseconds(b.start)); });
  values(",\"min\":", &Bucket::min);
  values(",\"max\":", &Bucket::max);
  values(",\"mean\":", &Bucket::mean);
  values(",\"first\":", &Bucket::first);
  values(",\"last\":", &Bucket::last);
  out.raw(",\"count\":").list(buckets, [&](const Bucket& b) { out.integer(b.count); });
  out.raw(",\"bad\":").list(buckets, [&](const Bucket& b) { out.integer(b.bad); });
  return out.raw("}").take();
}

}  // namespace gemel::api
