// An event as a database gives it: the kind on the first line, the body behind it.

#include <cstdint>
#include <string_view>

#include "base/check.hpp"
#include "postgres/detail/event_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gemel::postgres::detail;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto line = all.find('\n');
  if (line == std::string_view::npos) return 0;
  const auto body = from_json(all.substr(0, line), all.substr(line + 1));
  if (!body) return 0;
  // What was understood once is understood the same again.
  const auto written = to_json(*body);
  const auto again = from_json(gemel::kind_of(*body), written);
  GEMEL_CHECK(again.has_value() && to_json(*again) == written);
  return 0;
}
