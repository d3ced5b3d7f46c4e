// A card from hostile bytes: refused with words, or such that it is the same after writing and
// reading.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "networks/network_card.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gemel::networks;
  const auto card = parse_card({reinterpret_cast<const char*>(data), size});
  if (!card) {
    if (card.error().message.empty()) std::abort();
    return 0;
  }
  const auto text = to_json(*card);
  const auto again = parse_card(text);
  if (!again || to_json(*again) != text) std::abort();
  return 0;
}
