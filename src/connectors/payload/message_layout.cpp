#include "connectors/payload/message_layout.hpp"

#include <algorithm>

namespace gemel::connectors::payload {
namespace {

std::size_t shared_steps_of(const std::vector<MessageLayout::Place>& places) {
  if (places.empty()) return 0;
  const auto& first = places.front().path.steps;
  std::size_t shared = first.size();
  for (const auto& place : places) {
    const auto& steps = place.path.steps;
    const auto differ = std::mismatch(first.begin(), first.end(), steps.begin(), steps.end());
    shared = std::min<std::size_t>(shared, static_cast<std::size_t>(differ.first - first.begin()));
  }
  return shared;
}

}  // namespace

Result<MessageLayout> MessageLayout::compile(const Plant& plant, const Binding& binding) {
  MessageLayout layout;
  for (const auto& bound : binding.fields) {
    GEMEL_ASSIGN(Field field, make_field(plant, bound));
    if (bound.path.empty()) {
      layout.plain.push_back(std::move(field));
      continue;
    }
    GEMEL_ASSIGN(JsonPath path, JsonPath::parse(bound.path));
    layout.places.push_back({std::move(field), std::move(path)});
  }
  if (!layout.plain.empty() && !layout.places.empty()) {
    return Error{ErrorCode::InvalidInput,
                 "the binding of topic '" + binding.topic + "' takes the whole payload for " +
                     plant.signal(layout.plain.front().signal).path + " and '" +
                     layout.places.front().field.name +
                     "' from inside it; give every field a path ($ is the whole)"};
  }
  if (!binding.time_path.empty()) {
    GEMEL_ASSIGN(layout.time, JsonPath::parse(binding.time_path));
  }
  layout.shared_steps = shared_steps_of(layout.places);
  return layout;
}

}  // namespace gemel::connectors::payload
