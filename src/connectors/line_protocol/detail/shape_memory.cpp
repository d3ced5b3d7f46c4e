#include "connectors/line_protocol/detail/shape_memory.hpp"

#include <algorithm>

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

Shape* Shape::make(void* place, std::span<const Target> targets, std::span<const Slot> slots,
                   std::string_view pattern, const std::vector<std::uint32_t>& bindings,
                   bool remembered) {
  auto* shape = new (place) Shape();
  shape->remembered_ = remembered;
  shape->targets_ = static_cast<std::uint32_t>(targets.size());
  shape->slots_ = static_cast<std::uint32_t>(slots.size());
  shape->pattern_size_ = static_cast<std::uint32_t>(pattern.size());
  shape->bindings_ = &bindings;
  std::uninitialized_copy(targets.begin(), targets.end(), reinterpret_cast<Target*>(shape + 1));
  auto* at = const_cast<char*>(shape->after_targets());
  std::uninitialized_copy(slots.begin(), slots.end(), reinterpret_cast<Slot*>(at));
  std::copy(pattern.begin(), pattern.end(), const_cast<char*>(shape->after_slots()));
  return shape;
}

void* ShapeArena::take(std::size_t size) {
  constexpr std::size_t kAlign =
      alignof(Shape) > alignof(Target) ? alignof(Shape) : alignof(Target);
  size = (size + kAlign - 1) / kAlign * kAlign;
  if (blocks_.empty() || used_ + size > kBlock) {
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(std::max(size, kBlock)));
    used_ = 0;
  }
  void* place = blocks_.back().get() + used_;
  used_ += size;
  return place;
}

Shape& ShapeMemory::learn(const Point& point, bool& is_new) {
  write_pattern(point, pattern_);
  const auto head_size = point.series.size() + point.fields.front().raw_name.size() + 2;
  Shape* known = find(std::string_view(pattern_).substr(0, head_size));
  is_new = known == nullptr;
  if (known != nullptr && known->pattern() == pattern_) return *known;
  if (pattern_.size() > kPatternMax) {
    passing_bindings_ = bindings_.find(point.measurement, point.tags);
    find_targets(point, passing_bindings_);
    passing_.resize(Shape::size_for(targets_.size(), slots_.size(), pattern_.size()));
    return *Shape::make(passing_.data(), targets_, slots_, pattern_, passing_bindings_, false);
  }
  // A series that looks differently now gets a new shape; the old one's room is lost until all is
  // forgotten.
  if (shapes_ >= bindings_.fields() * 2 + kStrangersMax || arena_.bytes() > kBytesMax) {
    forget_all();
    known = nullptr;
  }
  const auto* bindings = known != nullptr ? &known->bindings() : nullptr;
  if (bindings == nullptr)
    bindings = &bindings_of_.emplace_back(bindings_.find(point.measurement, point.tags));
  if (known != nullptr) by_head_.erase(known->head());
  find_targets(point, *bindings);
  auto* place = arena_.take(Shape::size_for(targets_.size(), slots_.size(), pattern_.size()));
  auto* shape = Shape::make(place, targets_, slots_, pattern_, *bindings, true);
  by_head_.emplace(shape->head(), shape);
  ++shapes_;
  return *shape;
}

void ShapeMemory::find_targets(const Point& point, const std::vector<std::uint32_t>& bindings) {
  slots_.clear();
  targets_.clear();
  auto lead = static_cast<std::uint32_t>(point.series.size());
  for (const auto& field : point.fields) {
    fields_.clear();
    bindings_.find_fields(bindings, field.name, fields_);
    lead += static_cast<std::uint32_t>(field.raw_name.size() + 2);  // with blank or comma, and '='
    slots_.push_back({lead, static_cast<std::uint32_t>(fields_.size())});
    for (const auto* bound : fields_)
      targets_.push_back({bound->signal, bound->scale, bound->offset, bound});
    lead = 0;
  }
}

void ShapeMemory::forget_all() {
  by_head_.clear();
  bindings_of_.clear();
  arena_.clear();
  shapes_ = 0;
  ++generation_;
}

}  // namespace gemel::connectors::line_protocol
