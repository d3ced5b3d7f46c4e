#include "connectors/line_protocol/detail/shape_memory.hpp"

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

std::size_t ShapeMemory::cost_of(const Shape& shape) {
  return sizeof(Shape) + 64 + shape.pattern.capacity() + shape.slots.capacity() * sizeof(Slot) +
         shape.targets.capacity() * sizeof(Target) +
         shape.bindings.capacity() * sizeof(std::uint32_t);
}

Shape& ShapeMemory::learn(const Point& point, bool& is_new) {
  write_pattern(point, pattern_);
  const auto head_size = point.series.size() + point.fields.front().raw_name.size() + 2;
  Shape* known = find(std::string_view(pattern_).substr(0, head_size));
  is_new = known == nullptr;
  if (known != nullptr && known->pattern == pattern_) return *known;
  if (pattern_.size() > kPatternMax) {
    passing_.bindings = bindings_.find(point.measurement, point.tags);
    passing_.next = nullptr;
    adapt(passing_, point);
    return passing_;
  }
  if (known == nullptr) {
    if (shapes_.size() >= bindings_.fields() * 2 + kStrangersMax || bytes_ > kBytesMax)
      forget_all();
    known = &shapes_.emplace_back();
    known->bindings = bindings_.find(point.measurement, point.tags);
  } else {
    by_head_.erase(known->head());
    bytes_ -= cost_of(*known);
  }
  adapt(*known, point);
  by_head_.emplace(known->head(), known);
  bytes_ += cost_of(*known);
  return *known;
}

void ShapeMemory::adapt(Shape& shape, const Point& point) {
  shape.pattern = pattern_;
  shape.slots.clear();
  shape.targets.clear();
  auto lead = static_cast<std::uint32_t>(point.series.size());
  for (const auto& field : point.fields) {
    fields_.clear();
    bindings_.find_fields(shape.bindings, field.name, fields_);
    lead += static_cast<std::uint32_t>(field.raw_name.size() + 2);  // with blank or comma, and '='
    shape.slots.push_back({lead, static_cast<std::uint32_t>(fields_.size())});
    for (const auto* bound : fields_)
      shape.targets.push_back({bound->signal, bound->scale, bound->offset, bound});
    lead = 0;
  }
}

void ShapeMemory::forget_all() {
  by_head_.clear();
  shapes_.clear();
  bytes_ = 0;
  passing_.next = nullptr;
  ++generation_;
}

}  // namespace gemel::connectors::line_protocol
