// modelDescription.xml: whatever the bytes, there is a description whose parts fit each other, or
// an error with a place.

#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "fmu/description.hpp"
#include "fmu/validation.hpp"
#include "fmu/variable_row.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gemel::fmu;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = read_description(text, "m.xml");
  if (!read) {
    GEMEL_CHECK(read.error().message.starts_with("m.xml"));
    return 0;
  }
  (void)check_rules(*read);
  std::uint64_t values = 0;
  for (const auto& variable : read->variables) {
    const auto found = read->find(variable.name);
    GEMEL_CHECK(found && *found == &variable);
    values += read->size_of(variable);
    if (values < 100'000)
      GEMEL_CHECK(element_names(*read, variable).size() == read->size_of(variable));
  }
  for (const auto& each : read->structure.outputs)
    GEMEL_CHECK(read->variables[each.variable].reference == each.reference);
  return 0;
}
