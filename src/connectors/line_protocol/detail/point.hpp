#pragma once
// One line of line protocol, read by its whole grammar.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gemel::connectors::line_protocol {

struct Tag {
  std::string key;
  std::string value;
};

/// Float, integer, unsigned, boolean, text.
using FieldValue = std::variant<double, std::int64_t, std::uint64_t, bool, std::string>;

struct PointField {
  std::string name;
  std::string_view raw_name;  // as it stands in the line, with escapes
  FieldValue value;
};

/// What a line says. Names and texts are free of escapes. Lifetime: views are into the body.
struct Point {
  std::string_view series;  // "pump,asset=pump_1" as it stands in the line
  std::string measurement;
  std::vector<Tag> tags;  // in the order of the line
  std::vector<PointField> fields;
  std::optional<std::int64_t> time;  // in the write's unit
};

/// Where a line stopped being one, and what was expected.
struct Mistake {
  const char* at = nullptr;
  std::string what;
};

/// Steps over blanks, empty lines and comments. True when a line follows; a comment that holds
/// control characters counts as a line, of which read_point() then tells the mistake.
bool skip_to_point(const char*& p, const char* end);

/// Reads one line and steps `p` past its end. On a mistake, `p` stands after the end of the line in
/// which it was made. Any bytes will do. Source: the grammar of
/// github.com/influxdata/line-protocol (line-protocol.ebnf) and the escapes of its decoder.
std::optional<Mistake> read_point(const char*& p, const char* end, Point& point);

}  // namespace gemel::connectors::line_protocol
