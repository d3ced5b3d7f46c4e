#include "connectors/line_protocol/detail/series_bindings.hpp"

#include <algorithm>

namespace gemel::connectors::line_protocol {
namespace {

// No name in a line holds a control character, so joined values can't be mistaken for others.
constexpr char kBetweenValues = '\x1f';

const std::string* value_of(std::span<const Tag> tags, const std::string& key) {
  const auto found =
      std::find_if(tags.begin(), tags.end(), [&](const Tag& tag) { return tag.key == key; });
  return found == tags.end() ? nullptr : &found->value;
}

}  // namespace

Result<SeriesBindings> SeriesBindings::compile(const Plant& plant, std::uint32_t source) {
  SeriesBindings made;
  for (const auto& binding : plant.bindings) {
    if (binding.source != source) continue;
    const auto index = static_cast<std::uint32_t>(made.bindings_.size());
    auto& fields = made.bindings_.emplace_back();
    for (const auto& bound : binding.fields) {
      GEMEL_ASSIGN(auto field, payload::make_field(plant, bound));
      fields.push_back(std::move(field));
      ++made.fields_;
    }
    std::vector<std::string> keys;
    std::string values;
    for (const auto& [key, value] : binding.tags) {  // a map: sorted by key
      keys.push_back(key);
      values += value + kBetweenValues;
    }
    auto& groups = made.by_measurement_[binding.measurement];
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const Group& other) { return other.keys == keys; });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{std::move(keys), {}});
    group->by_values[values].push_back(index);
  }
  return made;
}

std::vector<std::uint32_t> SeriesBindings::find(const std::string& measurement,
                                                std::span<const Tag> tags) const {
  std::vector<std::uint32_t> found;
  const auto groups = by_measurement_.find(measurement);
  if (groups == by_measurement_.end()) return found;
  std::string values;
  for (const auto& group : groups->second) {
    values.clear();
    const bool has_all = std::all_of(group.keys.begin(), group.keys.end(), [&](const auto& key) {
      const auto* value = value_of(tags, key);
      if (value != nullptr) values += *value + kBetweenValues;
      return value != nullptr;
    });
    if (!has_all) continue;
    if (const auto match = group.by_values.find(values); match != group.by_values.end())
      found.insert(found.end(), match->second.begin(), match->second.end());
  }
  return found;
}

void SeriesBindings::find_fields(std::span<const std::uint32_t> bindings, std::string_view name,
                                 std::vector<const payload::Field*>& fields) const {
  for (const auto binding : bindings) {
    for (const auto& field : bindings_[binding]) {
      if (field.name == name) fields.push_back(&field);
    }
  }
}

}  // namespace gemel::connectors::line_protocol
