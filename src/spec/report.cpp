#include <algorithm>

#include <fmt/format.h>

#include "spec/detail/characters.hpp"
#include "spec/spec.hpp"

namespace gemel::spec {
namespace {

std::string_view line_of(std::string_view source, int line) {
  std::size_t begin = 0;
  for (int i = 1; i < line; ++i) {
    begin = source.find('\n', begin);
    if (begin == std::string_view::npos) return {};
    ++begin;
  }
  auto text = source.substr(begin, source.find('\n', begin) - begin);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// Blanks as wide as the characters before `column`; tabs stay tabs.
std::string padding(std::string_view line, int column) {
  std::string out;
  for (const char c : line.substr(0, static_cast<std::size_t>(std::max(column - 1, 0)))) {
    const bool continues_character = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (!continues_character) out += c == '\t' ? '\t' : ' ';
  }
  return out;
}

std::string counted(std::size_t n, std::string_view noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

}  // namespace

std::string render(const Problem& problem, std::string_view source) {
  const std::string_view kind = problem.warning ? "warning" : "error";
  if (problem.at.line == 0) return fmt::format("{}: {}: {}\n", problem.file, kind, problem.message);
  constexpr std::size_t kShownMax = 400;
  std::string out = fmt::format("{}:{}:{}: {}: {}\n", problem.file, problem.at.line,
                                problem.at.column, kind, problem.message);
  const auto line = line_of(source, problem.at.line);
  if (line.empty() || line.size() > kShownMax || first_unreadable(line)) return out;
  return out + fmt::format("  {}\n  {}^\n", line, padding(line, problem.at.column));
}

std::string report(const LoadResult& result) {
  const auto* loaded = std::get_if<Loaded>(&result);
  const auto& problems = loaded ? loaded->warnings : std::get<Refused>(result).problems;
  const std::string& source = loaded ? loaded->source : std::get<Refused>(result).source;
  if (problems.empty()) return {};
  std::string out;
  for (const auto& problem : problems) out += render(problem, source);
  const auto warnings = static_cast<std::size_t>(
      std::count_if(problems.begin(), problems.end(), [](const Problem& p) { return p.warning; }));
  const auto errors = problems.size() - warnings;
  if (errors > 0) out += counted(errors, "error");
  if (errors > 0 && warnings > 0) out += ", ";
  if (warnings > 0) out += counted(warnings, "warning");
  return out + "\n";
}

}  // namespace gemel::spec
