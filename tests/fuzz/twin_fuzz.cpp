// Twin files: whatever the bytes, there is a plant or at least one problem, and problems can be
// shown.

#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "spec/spec.hpp"

namespace {

/// Some variables are set, some are not.
std::optional<std::string> environment(const std::string& name) {
  return name.size() % 2 == 0 ? std::optional<std::string>("value of " + name) : std::nullopt;
}

bool any_error(const std::vector<gemel::spec::Problem>& problems) {
  for (const auto& problem : problems) {
    if (!problem.warning) return true;
  }
  return false;
}

}  // namespace

// UDUNITS-2's parser forgets the two bytes of a bad exponent ("rpm/0s"); that is its own, and once
// a load at most.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT: the sanitizer's name for it
  return "leak:libudunits2\n";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gemel::spec;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = load_text(text, "twin.yaml", environment);
  (void)report(result);
  if (const auto* loaded = std::get_if<Loaded>(&result)) {
    GEMEL_CHECK(loaded->plant != nullptr && !any_error(loaded->warnings));
    GEMEL_CHECK(!loaded->plant->assets.empty());
    // What was accepted means the same each time.
    const auto again = load_text(text, "twin.yaml", environment);
    GEMEL_CHECK(std::get<Loaded>(again).plant->version == loaded->plant->version);
  } else {
    GEMEL_CHECK(any_error(std::get<Refused>(result).problems));
  }
  return 0;
}
