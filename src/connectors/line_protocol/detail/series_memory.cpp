#include "connectors/line_protocol/detail/series_memory.hpp"

namespace gemel::connectors::line_protocol {
namespace {

constexpr std::size_t kStrangersMax = 65'536;
constexpr std::size_t kBytesMax = 128u << 20;

/// What stands before the values.
void write_pattern(const Point& point, std::string& pattern) {
  pattern.assign(point.series);
  char before = ' ';
  for (const auto& field : point.fields) {
    pattern += before;
    pattern += field.raw_name;
    pattern += '=';
    before = ',';
  }
}

}  // namespace

std::size_t SeriesMemory::cost_of(const Series& series) {
  return sizeof(Series) + 64 + series.pattern.capacity() + series.slots.capacity() * sizeof(Slot) +
         series.targets.capacity() * sizeof(Target) +
         series.bindings.capacity() * sizeof(std::uint32_t);
}

Series& SeriesMemory::learn(const Point& point, bool& is_new) {
  write_pattern(point, pattern_);
  Series* known = find(point.series);
  is_new = known == nullptr;
  if (known != nullptr && known->pattern == pattern_) return *known;
  if (pattern_.size() > kPatternMax) {
    passing_.bindings =
        known != nullptr ? known->bindings : bindings_.find(point.measurement, point.tags);
    passing_.next = nullptr;
    adapt(passing_, point);
    return passing_;
  }
  if (known == nullptr) {
    if (series_.size() >= bindings_.size() * 2 + kStrangersMax || bytes_ > kBytesMax) forget_all();
    known = &series_.emplace_back();
    known->bindings = bindings_.find(point.measurement, point.tags);
  } else {
    by_key_.erase(known->key());
    bytes_ -= cost_of(*known);
  }
  adapt(*known, point);
  by_key_.emplace(known->key(), known);
  bytes_ += cost_of(*known);
  return *known;
}

void SeriesMemory::adapt(Series& series, const Point& point) {
  series.pattern = pattern_;
  series.key_size = point.series.size();
  series.slots.clear();
  series.targets.clear();
  auto lead = static_cast<std::uint32_t>(series.key_size);
  for (const auto& field : point.fields) {
    fields_.clear();
    bindings_.find_fields(series.bindings, field.name, fields_);
    lead += static_cast<std::uint32_t>(field.raw_name.size() + 2);  // with blank or comma, and '='
    series.slots.push_back({lead, static_cast<std::uint32_t>(fields_.size())});
    for (const auto* bound : fields_)
      series.targets.push_back({bound->signal, bound->scale, bound->offset, bound});
    lead = 0;
  }
}

void SeriesMemory::forget_all() {
  by_key_.clear();
  series_.clear();
  bytes_ = 0;
  passing_.next = nullptr;
  ++generation_;
}

}  // namespace gemel::connectors::line_protocol
