#include "core/quality.hpp"

#include <array>

namespace gemel {

std::string_view to_string(Grade grade) {
  static constexpr std::array<std::string_view, 4> kNames{"good", "uncertain", "bad", "missing"};
  return kNames[static_cast<std::size_t>(grade)];
}

std::string_view to_string(Cause cause) {
  switch (cause) {
    case Cause::OutOfRange:
      return "out of range";
    case Cause::RateOfChange:
      return "changed too fast";
    case Cause::Stuck:
      return "stuck";
    case Cause::Late:
      return "late";
    case Cause::ClockSkew:
      return "clock skew";
    case Cause::Gap:
      return "gap";
    case Cause::SensorFault:
      return "sensor fault";
    case Cause::LinkLost:
      return "link lost";
    case Cause::Extrapolated:
      return "extrapolated";
  }
  return "unknown";
}

std::string to_string(Quality quality) {
  std::string out(to_string(quality.grade));
  const char* separator = ": ";
  for (int bit = 0; bit < 16; ++bit) {
    const auto cause = static_cast<Cause>(1 << bit);
    if (!quality.has(cause)) continue;
    out += separator;
    out += to_string(cause);
    separator = ", ";
  }
  return out;
}

}  // namespace gemel
