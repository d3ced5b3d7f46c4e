#include "app/changeable.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"

namespace gemel::app {
namespace {

/// A path as the twin would find it: whole, or its ending.
const Named* find_in(const std::vector<Named>& among, const std::string& name) {
  const auto found =
      std::ranges::find_if(among, [&](const Named& one) { return is_or_ends(one.name, name); });
  return found == among.end() ? nullptr : &*found;
}

}  // namespace

Error not_understood(const std::string& text, const std::string& what) {
  return {ErrorCode::InvalidInput, "'" + text + "' is no " + what};
}

bool is_or_ends(const std::string& path, const std::string& name) {
  return path == name || (path.size() > name.size() && path.ends_with(name) &&
                          path[path.size() - name.size() - 1] == '.');
}

Result<Changeable::Found> Changeable::find(const std::string& name) const {
  if (const auto* quantity = find_in(quantities, name)) return Found{*quantity, false};
  if (const auto* control = find_in(controls, name)) return Found{*control, true};
  std::vector<std::string> names;
  for (const auto* list : {&quantities, &controls}) {
    for (const auto& one : *list) names.push_back(one.name);
  }
  return Error{ErrorCode::NotFound, "nothing is called '" + name + "'" +
                                        text::did_you_mean(name, names) +
                                        "; --list shows what can be changed"};
}

Result<Assignment> split_assignment(const std::string& text, const char* example) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return not_understood(text, std::string("change; write NAME=VALUE, such as ") + example);
  return Assignment{std::string(text::trim(text.substr(0, equals))),
                    std::string(text::trim(text.substr(equals + 1)))};
}

Result<double> value_of(const std::string& text, const std::string& unit) {
  double value = 0.0;
  if (text::parse_number(text, value)) return value;
  if (unit == "s") {
    const bool minus = text.starts_with('-');
    if (const auto time = parse_duration(minus ? text.substr(1) : text))
      return minus ? -time->in_seconds() : time->in_seconds();
  }
  if (!unit.empty() && text.ends_with(unit)) {
    const auto number = text::trim(text.substr(0, text.size() - unit.size()));
    if (text::parse_number(number, value)) return value;
  }
  return not_understood(text,
                        "value; write a number" + (unit == "s"    ? " of seconds or such as '30 d'"
                                                   : unit.empty() ? std::string()
                                                                  : " in " + unit));
}

}  // namespace gemel::app
