// CSV bytes through the import's decoder, in pieces of a size that the first byte chooses; the
// pieces must make no difference, and what comes out keeps to the rules of a sample.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "exchange/detail/csv_arrivals.hpp"

namespace {

using namespace gemel;

constexpr Timestamp kNow{1'800'000'000'000'000'000};

Plant plant() {
  Plant made;
  for (std::uint32_t i = 0; i < 3; ++i) {
    Signal signal;
    signal.id = {i};
    signal.name = "s" + std::to_string(i);
    signal.path = "line." + signal.name;
    signal.unit.symbol = i == 0 ? "bar" : "";
    if (i == 2) signal.states = {"off", "on"};
    made.signals.push_back(signal);
  }
  made.index_paths();
  return made;
}

/// What was read, and the error at the end if there was one.
std::pair<std::vector<exchange::detail::Arrival>, std::string> read(std::string_view text,
                                                                    std::uint8_t how,
                                                                    std::size_t piece) {
  static const Plant kPlant = plant();
  exchange::detail::SignalNames names(kPlant);
  exchange::ImportRequest request{.path = "fuzz.csv"};
  request.skip_unknown = (how & 1) != 0;
  request.time_format = static_cast<exchange::TimeFormat>(how / 2 % 6);
  const auto refill = [&](std::span<char> to) {
    const auto n = std::min({piece, to.size(), text.size()});
    text.copy(to.data(), n);
    text.remove_prefix(n);
    return n;
  };
  auto opened = exchange::detail::CsvArrivals::open(request, names, kNow, refill, 0);
  if (!opened) return {{}, opened.error().message};
  std::vector<exchange::detail::Arrival> arrivals;
  for (;;) {
    const auto more = (*opened)->next(arrivals);
    if (!more) return {arrivals, more.error().message};
    if (!*more) return {arrivals, ""};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto [arrivals, error] = read(text, data[0], data[0] / 16u + 1);
  const auto [again, same_error] = read(text, data[0], 1u << 20);
  GEMEL_CHECK(error == same_error);
  GEMEL_CHECK(arrivals.size() == again.size());
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const auto& arrival = arrivals[i];
    GEMEL_CHECK(arrival.value == again[i].value && arrival.source_time == again[i].source_time);
    GEMEL_CHECK(std::isfinite(arrival.value));
    GEMEL_CHECK(arrival.signal.index < 3);
    GEMEL_CHECK(arrival.source_time <= kNow);
    GEMEL_CHECK(arrival.known_at == Timestamp::min() ||
                (arrival.known_at >= arrival.source_time && arrival.known_at <= kNow));
  }
  return 0;
}
