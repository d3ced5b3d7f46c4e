#include "spec/detail/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <vector>

#include <fmt/format.h>
#include <udunits2.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"

namespace gemel::spec {
namespace {

constexpr std::size_t kUnitTextMax = 64;

struct UnitFree {
  void operator()(ut_unit* unit) const { ut_free(unit); }
};
struct ConverterFree {
  void operator()(cv_converter* converter) const { cv_free(converter); }
};
struct SystemFree {
  void operator()(ut_system* system) const { ut_free_system(system); }
};
using UnitHandle = std::unique_ptr<ut_unit, UnitFree>;
using ConverterHandle = std::unique_ptr<cv_converter, ConverterFree>;

/// UDUNITS keeps its parser and its status in globals, so the whole library is behind one lock.
class Library {
 public:
  Library() {
    ut_set_error_message_handler(ut_ignore);
    system_.reset(ut_read_xml(nullptr));
  }
  bool is_open() const { return system_ != nullptr; }
  UnitHandle parse(const std::string& text) const {
    return UnitHandle(ut_parse(system_.get(), text.c_str(), UT_UTF8));
  }

  static std::mutex& mutex() {
    static std::mutex lock;
    return lock;
  }
  /// Call with the lock held.
  static const Library& open() {
    static const Library kLibrary;
    return kLibrary;
  }

 private:
  std::unique_ptr<ut_system, SystemFree> system_;
};

struct Alias {
  std::string_view ours;
  std::string_view udunits;
};

/// A word of a unit text -> what UDUNITS understands by it.
constexpr std::array kAliases{
    Alias{"delta_degC", "K"},
    Alias{"delta_degF", "(K/1.8)"},
    Alias{"delta_K", "K"},
    Alias{"barg", "bar"},
    Alias{"bara", "bar"},
    Alias{"psig", "psi"},
    Alias{"psia", "psi"},
    Alias{"mH2O", "(9806.65 Pa)"},
    Alias{"cmH2O", "(98.0665 Pa)"},
    Alias{"mmH2O", "(9.80665 Pa)"},
    Alias{"inH2O", "(249.08891 Pa)"},
    Alias{"mWC", "(9806.65 Pa)"},
    Alias{"lpm", "(l/min)"},
    Alias{"lps", "(l/s)"},
    Alias{"gpm", "(US_liquid_gallon/min)"},
    Alias{"cfm", "(ft^3/min)"},
    Alias{"fpm", "(ft/min)"},
    Alias{"Wh", "(W.h)"},
    Alias{"kWh", "(kW.h)"},
    Alias{"MWh", "(MW.h)"},
    Alias{"GWh", "(GW.h)"},
    Alias{"Ah", "(A.h)"},
    Alias{"mAh", "(mA.h)"},
    Alias{"Nm", "(N.m)"},
    Alias{"kNm", "(kN.m)"},
    Alias{"VA", "(V.A)"},
    Alias{"kVA", "(kV.A)"},
    Alias{"MVA", "(MV.A)"},
    Alias{"var", "(V.A)"},
    Alias{"kvar", "(kV.A)"},
    Alias{"Mvar", "(MV.A)"},
    Alias{"pH", "1"},
    Alias{"NTU", "1"},
    Alias{"FNU", "1"},
    Alias{"dB", "1"},
    Alias{"dBA", "1"},
    Alias{"deg", "arc_degree"},
    Alias{"rev", "(2 pi rad)"},
    Alias{"rps", "(2 pi rad/s)"},
    Alias{"counts", "1"},
    Alias{"gn", "standard_free_fall"},
    Alias{"H2O", "(9806.65 Pa/m)"},
};

/// Names to offer when somebody mistypes one.
const std::vector<std::string>& common_units() {
  static const std::vector<std::string> kNames{
      "bar",  "mbar",  "Pa",   "kPa",  "MPa",    "psi",   "mH2O", "degC", "delta_degC", "K",
      "degF", "l/min", "l/s",  "m3/h", "m3/s",   "m3",    "l",    "rpm",  "Hz",         "A",
      "mA",   "V",     "kV",   "W",    "kW",     "MW",    "kWh",  "MWh",  "J",          "Nm",
      "N",    "kN",    "m",    "mm",   "um",     "m/s",   "mm/s", "m/s2", "gn",         "gram",
      "kg",   "t",     "kg/s", "kg/h", "t/h",    "s",     "min",  "h",    "ms",         "%",
      "ppm",  "1",     "deg",  "rad",  "pH",     "uS/cm", "mg/l", "NTU",  "Ohm",        "var",
      "kvar", "VA",    "kVA",  "dB",   "bar(g)", "bar(a)"};
  return kNames;
}

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The end of the word that begins at `begin`. A digit belongs to it only where an alias has one
/// ("mH2O", "m3" is m^3).
std::size_t word_end(std::string_view text, std::size_t begin) {
  std::size_t letters = begin;
  while (letters < text.size() && is_word_character(text[letters])) ++letters;
  std::size_t end = letters;
  while (end < text.size() && (is_word_character(text[end]) || is_digit(text[end]))) ++end;
  const auto whole = text.substr(begin, end - begin);
  const bool is_alias = std::any_of(kAliases.begin(), kAliases.end(),
                                    [&](const Alias& a) { return a.ours == whole; });
  return is_alias ? end : letters;
}

std::string in_udunits(std::string_view text, bool expects_acceleration) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_word_character(text[i])) {
      out += text[i++];
      continue;
    }
    const auto end = word_end(text, i);
    const auto word = text.substr(i, end - i);
    const auto alias = std::find_if(kAliases.begin(), kAliases.end(),
                                    [&](const Alias& a) { return a.ours == word; });
    if (word == "g" && expects_acceleration) {
      out += "standard_free_fall";
    } else {
      out += alias != kAliases.end() ? alias->udunits : word;
    }
    i = end;
  }
  return out;
}

/// Takes "(g)" or "(a)" off the end.
PressureZero take_zero(std::string_view& text) {
  for (const auto& [mark, zero] :
       {std::pair{"(g)", PressureZero::Gauge}, std::pair{"(a)", PressureZero::Absolute}}) {
    if (!text.ends_with(mark)) continue;
    text.remove_suffix(3);
    return zero;
  }
  if (text == "barg" || text == "psig") return PressureZero::Gauge;
  if (text == "bara" || text == "psia") return PressureZero::Absolute;
  return PressureZero::NotSaid;
}

/// The unit in SI base units, without its number: "m-1.kg.s-2"; "1" for none. Empty: not a unit to
/// measure with.
std::string base_symbols(const ut_unit& unit) {
  std::array<char, 256> buffer{};
  const int n = ut_format(&unit, buffer.data(), buffer.size(), UT_ASCII | UT_DEFINITION);
  if (n <= 0 || static_cast<std::size_t>(n) >= buffer.size()) return {};
  std::string_view text(buffer.data(), static_cast<std::size_t>(n));
  double number = 0;
  if (const auto origin = text.find(" @ "); origin != std::string_view::npos) {
    // A zero that is a moment makes a calendar, not a unit.
    if (!text::parse_number(text.substr(origin + 3), number)) return {};
    text = text.substr(0, origin);
  }
  if (text.find("(re") != std::string_view::npos) return {};
  if (const auto space = text.find(' '); space != std::string_view::npos)
    text.remove_prefix(space + 1);
  if (text.empty() || text::parse_number(text, number)) return "1";
  return std::string(text);
}

/// The SI unit with these base symbols as people write it.
std::string si_symbol(const Library& library, const std::string& base) {
  static constexpr std::array kNames{
      "m",    "kg",  "s",      "A",     "K",     "mol",  "cd",   "rad", "rad/s", "Hz",
      "Pa",   "J",   "W",      "N",     "V",     "Ohm",  "S",    "F",   "m/s",   "m/s2",
      "m2",   "m3",  "m3/s",   "kg/s",  "kg/m3", "Pa s", "W/m2", "S/m", "m2/s",  "J/kg",
      "Pa/s", "K/s", "rad/s2", "m3/s2", "A/s",   "W/s",  "V/s"};
  if (base == "1") return "1";
  for (const char* name : kNames) {
    if (const auto unit = library.parse(name); unit && base_symbols(*unit) == base) return name;
  }
  return base;
}

/// The straight line from the unit to its SI base. Nothing when it is none (logarithmic units) or
/// out of all measure.
std::optional<Conversion> line_to_base(const Library& library, const ut_unit& unit,
                                       const std::string& base) {
  const auto target = library.parse(base);
  if (!target) return std::nullopt;
  const ConverterHandle converter(ut_get_converter(const_cast<ut_unit*>(&unit), target.get()));
  if (!converter) return std::nullopt;
  const double at_0 = cv_convert_double(converter.get(), 0.0);
  // A temperature's zero is large beside its degree: over a long way the difference keeps its last
  // digit.
  constexpr double kFar = 1 << 20;
  const double scale = at_0 == 0.0 ? cv_convert_double(converter.get(), 1.0)
                                   : (cv_convert_double(converter.get(), kFar) - at_0) / kFar;
  const bool sane = std::isfinite(at_0) && std::isfinite(scale) && std::abs(scale) > 1e-30 &&
                    std::abs(scale) < 1e30;
  return sane ? std::optional(Conversion{scale, at_0}) : std::nullopt;
}

Error unknown(std::string_view text) {
  return {ErrorCode::InvalidInput, fmt::format("unknown unit '{}'{}", shown(text),
                                               text::did_you_mean(text, common_units()))};
}

Result<KnownUnit> understand(std::string_view text, bool expects_acceleration) {
  if (text.size() > kUnitTextMax) return unknown(text);
  KnownUnit known;
  known.unit.symbol = std::string(text);
  std::string_view bare = text;
  known.zero = take_zero(bare);
  const std::lock_guard lock(Library::mutex());
  const Library& library = Library::open();
  if (!library.is_open()) {
    return Error{ErrorCode::Unavailable,
                 "the units database of UDUNITS-2 can't be read; install libudunits2-data"};
  }
  const auto unit = library.parse(in_udunits(bare, expects_acceleration));
  if (!unit) return unknown(text);
  const std::string base = base_symbols(*unit);
  const auto line = base.empty() ? std::nullopt : line_to_base(library, *unit, base);
  if (!line) {
    return Error{ErrorCode::InvalidInput,
                 fmt::format("'{}' is no unit that values can be converted from", shown(text))};
  }
  known.dimension = si_symbol(library, base);
  known.unit.si_symbol = known.dimension;
  known.unit.scale = line->scale;
  known.unit.offset = line->offset;
  if (known.zero != PressureZero::NotSaid && known.dimension != "Pa") return unknown(text);
  return known;
}

/// Turns per time and angle per time say the same of a shaft; UDUNITS holds a turn for 1, not for 2
/// pi.
constexpr double kRadiansPerTurn = 6.283185307179586;

}  // namespace

Result<double> difference_factor(const KnownUnit& from, const KnownUnit& to) {
  if (from.unit.scale == to.unit.scale && from.dimension == to.dimension) return 1.0;
  if (from.dimension == to.dimension) return from.unit.scale / to.unit.scale;
  if (from.dimension == "Hz" && to.dimension == "rad/s")
    return from.unit.scale * kRadiansPerTurn / to.unit.scale;
  if (from.dimension == "rad/s" && to.dimension == "Hz")
    return from.unit.scale / kRadiansPerTurn / to.unit.scale;
  const auto name = [](const KnownUnit& u) {
    return u.unit.symbol.empty() ? "a plain number" : "'" + u.unit.symbol + "'";
  };
  return Error{ErrorCode::InvalidInput,
               fmt::format("{} does not convert to {} ({} against {})", name(from), name(to),
                           from.dimension, to.dimension)};
}

Result<Conversion> conversion(const KnownUnit& from, const KnownUnit& to) {
  GEMEL_ASSIGN(const double scale, difference_factor(from, to));
  const bool mixes_zeros = from.zero != to.zero && from.zero != PressureZero::NotSaid &&
                           to.zero != PressureZero::NotSaid;
  if (mixes_zeros) {
    return Error{ErrorCode::InvalidInput, fmt::format("'{}' and '{}' differ by the air pressure at "
                                                      "the site, which nobody told; write the same "
                                                      "one, or scale and offset in the binding",
                                                      from.unit.symbol, to.unit.symbol)};
  }
  if (scale == 1.0 && from.unit.offset == to.unit.offset) return Conversion{};
  return Conversion{scale, (from.unit.offset - to.unit.offset) / to.unit.scale};
}

Units::Units() {
  none_.unit.si_symbol = "1";
  none_.dimension = "1";
}
Units::~Units() = default;

Result<const KnownUnit*> Units::read(std::string_view text, bool expects_acceleration) {
  text = text::trim(text);
  if (text.empty() || text == "1") return &none_;
  const std::string key = std::string(text) + (expects_acceleration ? "@" : "");
  auto found = known_.find(key);
  if (found == known_.end())
    found = known_.emplace(key, understand(text, expects_acceleration)).first;
  if (!found->second) return found->second.error();
  return &*found->second;
}

Result<const KnownUnit*> Units::per_second(const KnownUnit& of) {
  const std::string key = of.unit.symbol + "/s of " + of.dimension;
  auto found = known_.find(key);
  if (found == known_.end()) {
    KnownUnit rate;
    rate.unit.symbol = (of.unit.symbol.empty() ? "1" : of.unit.symbol) + "/s";
    rate.unit.scale = of.unit.scale;
    const std::lock_guard lock(Library::mutex());
    const auto unit = Library::open().parse("(" + of.dimension + ")/s");
    const auto base = unit ? base_symbols(*unit) : std::string();
    if (base.empty()) return Error{ErrorCode::InvalidInput, "no rate of '" + of.unit.symbol + "'"};
    rate.dimension = si_symbol(Library::open(), base);
    rate.unit.si_symbol = rate.dimension;
    found = known_.emplace(key, std::move(rate)).first;
  }
  return &*found->second;
}

Result<const KnownUnit*> Units::combined(const std::string& dimension) {
  const std::string key = "SI " + dimension;
  auto found = known_.find(key);
  if (found == known_.end()) {
    KnownUnit made;
    const std::lock_guard lock(Library::mutex());
    const auto unit = Library::open().parse(dimension);
    const auto base = unit ? base_symbols(*unit) : std::string();
    if (base.empty())
      return Error{ErrorCode::InvalidInput, "'" + dimension + "' is nothing that is measured"};
    made.dimension = si_symbol(Library::open(), base);
    made.unit.si_symbol = made.dimension;
    if (made.dimension != "1") made.unit.symbol = made.dimension;
    found = known_.emplace(key, std::move(made)).first;
  }
  return &*found->second;
}

Result<const KnownUnit*> Units::product(const KnownUnit& a, const KnownUnit& b) {
  return combined("(" + a.dimension + ").(" + b.dimension + ")");
}
Result<const KnownUnit*> Units::quotient(const KnownUnit& a, const KnownUnit& b) {
  return combined("(" + a.dimension + ")/(" + b.dimension + ")");
}

namespace {

/// Base symbols in a fixed order, without the radian: "m2.kg.s-3".
std::string without_angle(const Library& library, const std::string& dimension) {
  const auto unit = library.parse(dimension);
  auto base = unit ? base_symbols(*unit) : std::string();
  std::string out;
  for (const auto part : text::split(base, '.')) {
    if (!part.starts_with("rad") && part != "1")
      out += (out.empty() ? "" : ".") + std::string(part);
  }
  return out;
}

}  // namespace

bool Units::same_but_for_angle(const KnownUnit& a, const KnownUnit& b) {
  if (a.dimension == b.dimension) return true;
  const std::lock_guard lock(Library::mutex());
  return without_angle(Library::open(), a.dimension) == without_angle(Library::open(), b.dimension);
}

}  // namespace gemel::spec
