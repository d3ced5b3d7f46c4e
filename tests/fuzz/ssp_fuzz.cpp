// SSD, SSV and SSM: whatever the bytes, there is a description whose parts fit each other, or an
// error with a place.

#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "ssp/structure.hpp"

namespace {

void check(const gemel::ssp::System& system, int depth) {
  GEMEL_CHECK(depth <= 32);
  for (const auto& component : system.components) {
    GEMEL_CHECK(!component.name.empty() && !component.source.empty());
    for (const auto& binding : component.bindings)
      GEMEL_CHECK(binding.source.empty() == binding.values.has_value());
  }
  for (const auto& connection : system.connections)
    GEMEL_CHECK(!connection.start.connector.empty() && !connection.end.connector.empty());
  for (const auto& inner : system.systems) check(inner, depth + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gemel::ssp;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto structure = read_structure(text, "f");
  if (structure) {
    check(structure->system, 1);
  } else {
    GEMEL_CHECK(structure.error().message.starts_with("f"));
  }
  const auto set = read_parameter_set(text, "f");
  if (set) {
    for (const auto& parameter : set->parameters) GEMEL_CHECK(!parameter.name.empty());
  } else {
    GEMEL_CHECK(set.error().message.starts_with("f"));
  }
  const auto mapping = read_mapping(text, "f");
  if (mapping) {
    for (const auto& entry : mapping->entries)
      GEMEL_CHECK(!entry.source.empty() && !entry.target.empty());
  } else {
    GEMEL_CHECK(mapping.error().message.starts_with("f"));
  }
  return 0;
}
