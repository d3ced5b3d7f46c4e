#include "connectors/line_protocol/detail/point.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace gemel::connectors::line_protocol {
namespace {

constexpr std::size_t kShownMax = 40;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_line_space(char c) { return c == ' ' || c == '\r' || c == '\n'; }

/// Bytes for an error message: controls and what is not ASCII as \xNN, and not too many of them.
std::string shown(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const char c : bytes.substr(0, kShownMax)) {
    if (is_control(c) || static_cast<unsigned char>(c) >= 0x80) {
      const auto byte = static_cast<unsigned char>(c);
      out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      out += c;
    }
  }
  return bytes.size() > kShownMax ? out + "…" : out;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const int more = lead >= 0xC2 && lead < 0xE0   ? 1
                     : lead >= 0xE0 && lead < 0xF0 ? 2
                     : lead >= 0xF0 && lead < 0xF5 ? 3
                                                   : 0;
    if (more == 0 || i + static_cast<std::size_t>(more) >= text.size()) return false;
    const auto second = static_cast<unsigned char>(text[i + 1]);
    // No overlong forms, no surrogates, nothing above U+10FFFF.
    const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > high) return false;
    for (int k = 2; k <= more; ++k) {
      if ((static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]) & 0xC0) != 0x80)
        return false;
    }
    i += static_cast<std::size_t>(more) + 1;
  }
  return true;
}

/// Which characters end a name, and which a backslash keeps from doing so.
struct NameRules {
  std::string_view ends;
  std::string_view escapable;
};
constexpr NameRules kMeasurement{", ", ", "};
constexpr NameRules kKey{",= ", ",= "};

class LineReading {
 public:
  LineReading(const char* p, const char* end, Point& point) : p_(p), end_(end), point_(point) {}

  const char* position() const { return p_; }
  std::optional<Mistake> take_mistake() { return std::move(mistake_); }

  bool read() {
    point_.tags.clear();
    point_.fields.clear();
    point_.time.reset();
    const char* start = p_;
    if (*p_ == '#') return wrong(p_, "a comment holds a control character");
    if (!name(kMeasurement, point_.measurement)) return false;
    if (point_.measurement.empty()) return wrong(p_, "expected a measurement, found " + found());
    if (!tags()) return false;
    point_.series = {start, static_cast<std::size_t>(p_ - start)};
    skip_spaces();
    return fields() && time();
  }

 private:
  bool at_end() const { return p_ == end_; }
  bool at(char c) const { return p_ != end_ && *p_ == c; }
  void skip_spaces() {
    while (at(' ')) ++p_;
  }
  std::string found() const {
    if (at_end()) return "the end of the body";
    if (*p_ == '\n' || *p_ == '\r') return "the end of the line";
    return *p_ == ' ' ? "a blank" : "'" + shown({p_, 1}) + "'";
  }
  bool wrong(const char* where, std::string what) {
    mistake_ = {where, std::move(what)};
    return false;
  }

  bool name(const NameRules& rules, std::string& out) {
    out.clear();
    const char* start = p_;
    const char* copied = p_;
    bool ascii = true;
    for (; p_ != end_; ++p_) {
      const char c = *p_;
      if (c == '\\') {
        if (p_ + 1 == end_ || rules.escapable.find(p_[1]) == std::string_view::npos) continue;
        out.append(copied, p_);
        copied = ++p_;
        continue;
      }
      if (is_control(c) || rules.ends.find(c) != std::string_view::npos) break;
      ascii &= static_cast<unsigned char>(c) < 0x80;
    }
    out.append(copied, p_);
    if (!ascii && !is_utf8(out)) return wrong(start, "'" + shown(out) + "' is not UTF-8");
    return true;
  }

  /// From after the measurement to the blank before the fields.
  bool tags() {
    while (at(',')) {
      ++p_;
      Tag tag;
      const char* start = p_;
      if (!name(kKey, tag.key)) return false;
      if (tag.key.empty()) return wrong(p_, "expected the key of a tag, found " + found());
      if (!at('='))
        return wrong(p_,
                     "expected '=' after the tag key '" + shown(tag.key) + "', found " + found());
      ++p_;
      if (!name(kKey, tag.value)) return false;
      if (tag.value.empty()) {
        return wrong(p_, "expected a value of the tag '" + shown(tag.key) + "', found " + found());
      }
      for (const auto& other : point_.tags) {
        if (other.key == tag.key)
          return wrong(start, "the tag '" + shown(tag.key) + "' stands here twice");
      }
      point_.tags.push_back(std::move(tag));
    }
    if (at(' ')) return true;
    return wrong(p_, "expected ',' and a tag, or a blank and a field, found " + found());
  }

  bool fields() {
    for (;;) {
      PointField field;
      const char* start = p_;
      if (!name(kKey, field.name)) return false;
      field.raw_name = {start, static_cast<std::size_t>(p_ - start)};
      if (field.name.empty()) return wrong(p_, "expected the name of a field, found " + found());
      if (!at('=')) {
        return wrong(p_,
                     "expected '=' after the field '" + shown(field.name) + "', found " + found());
      }
      ++p_;
      if (!value(field)) return false;
      point_.fields.push_back(std::move(field));
      if (!at(',')) break;
      ++p_;
    }
    if (at_end() || is_line_space(*p_)) return true;
    return wrong(p_, "expected ',', a blank or the end of the line after the field '" +
                         shown(point_.fields.back().name) + "', found " + found());
  }

  bool value(PointField& field) {
    if (at('"')) return text(field);
    const char* start = p_;
    while (p_ != end_ && *p_ != ',' && !is_line_space(*p_)) ++p_;
    const std::string_view word(start, static_cast<std::size_t>(p_ - start));
    if (word.empty()) {
      return wrong(p_,
                   "expected a value of the field '" + shown(field.name) + "', found " + found());
    }
    if (boolean(word, field.value) || number(word, field.value)) return true;
    p_ = start;
    return wrong(start,
                 "'" + shown(word) + "' is no value of the field '" + shown(field.name) +
                     "': expected a number such as 1.5, 3i or 3u, true, false or a \"text\"" +
                     range_hint(word));
  }

  bool text(PointField& field) {
    const char* open = p_++;
    const char* copied = p_;
    std::string out;
    for (; p_ != end_ && *p_ != '"'; ++p_) {
      if (*p_ != '\\' || p_ + 1 == end_) continue;
      const char meant = escaped(p_[1]);
      if (meant == 0) continue;
      out.append(copied, p_);
      out += meant;
      copied = ++p_ + 1;
    }
    out.append(copied, std::max(copied, p_));
    if (at_end()) {
      return wrong(open, "the text of the field '" + shown(field.name) + "' has no closing quote");
    }
    if (!is_utf8(out))
      return wrong(open, "the text of the field '" + shown(field.name) + "' is not UTF-8");
    ++p_;
    field.value = std::move(out);
    return true;
  }

  static char escaped(char c) {
    switch (c) {
      case '"':
      case '\\':
        return c;
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      default:
        return 0;
    }
  }

  static bool boolean(std::string_view word, FieldValue& value) {
    for (const std::string_view yes : {"t", "T", "true", "True", "TRUE"}) {
      if (word == yes) return value = true, true;
    }
    for (const std::string_view no : {"f", "F", "false", "False", "FALSE"}) {
      if (word == no) return value = false, true;
    }
    return false;
  }

  template <class Whole>
  static bool whole(std::string_view digits, FieldValue& value) {
    Whole read = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), read);
    if (ec != std::errc{} || end != digits.data() + digits.size()) return false;
    value = read;
    return true;
  }

  static bool number(std::string_view word, FieldValue& value) {
    const auto digits = word.substr(0, word.size() - 1);
    if (word.back() == 'i') return whole<std::int64_t>(digits, value);
    if (word.back() == 'u') return whole<std::uint64_t>(digits, value);
    // from_chars also knows inf and nan, which are no field values.
    if (word.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return false;
    double read = 0;
    const auto [end, ec] = std::from_chars(word.data(), word.data() + word.size(), read);
    if (end != word.data() + word.size()) return false;
    // Too large and too small are one error code; the small ones are as good as zero.
    if (ec == std::errc::result_out_of_range)
      read = std::strtod(std::string(word).c_str(), nullptr);
    if ((ec != std::errc{} && ec != std::errc::result_out_of_range) || !std::isfinite(read))
      return false;
    value = read;
    return true;
  }

  static std::string range_hint(std::string_view word) {
    const bool numeric = word.find_first_not_of("0123456789+-.eEiu") == std::string_view::npos;
    return numeric && word.size() > 15 ? "; integers have 64 bits, floats reach 1.8e308" : "";
  }

  /// From after the last field to the end of the line.
  bool time() {
    skip_spaces();
    if (end_of_line()) return true;
    const char* start = p_;
    while (p_ != end_ && (is_digit_or_minus(*p_))) ++p_;
    const std::string_view digits(start, static_cast<std::size_t>(p_ - start));
    std::int64_t read = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), read);
    const bool whole_word = at_end() || is_line_space(*p_);
    if (digits.empty() || !whole_word || ec != std::errc{} ||
        end != digits.data() + digits.size()) {
      while (p_ != end_ && !is_line_space(*p_)) ++p_;
      const std::string word(start, p_);
      p_ = start;
      return wrong(
          start, "expected a time, a whole number of at most 64 bits, found '" + shown(word) + "'");
    }
    point_.time = read;
    skip_spaces();
    if (end_of_line()) return true;
    return wrong(p_, "expected the end of the line after the time, found " + found());
  }

  static bool is_digit_or_minus(char c) { return (c >= '0' && c <= '9') || c == '-'; }

  /// Steps over the line's end, if it is here.
  bool end_of_line() {
    if (at_end()) return true;
    if (*p_ == '\n') return ++p_, true;
    if (*p_ != '\r') return false;
    if (p_ + 1 == end_) return ++p_, true;
    if (p_[1] != '\n') return false;
    return p_ += 2, true;
  }

  const char* p_;
  const char* const end_;
  Point& point_;
  std::optional<Mistake> mistake_;
};

/// Past the next line end, or at the body's.
const char* past_line(const char* p, const char* end) {
  const auto* newline =
      static_cast<const char*>(std::memchr(p, '\n', static_cast<std::size_t>(end - p)));
  return newline == nullptr ? end : newline + 1;
}

}  // namespace

bool skip_to_point(const char*& p, const char* end) {
  for (;;) {
    while (p != end && *p == ' ') ++p;
    if (p == end) return false;
    if (*p == '\n') {
      ++p;
    } else if (*p == '\r' && (p + 1 == end || p[1] == '\n')) {
      ++p;
    } else if (*p == '#') {
      const char* next = past_line(p, end);
      const char* last = next;
      while (last != p && (last[-1] == '\n' || last[-1] == '\r')) --last;
      // A tab is harmless there; other control characters hint at bytes that are no text.
      if (std::any_of(p, last, [](char c) { return is_control(c) && c != '\t'; })) return true;
      p = next;
    } else {
      return true;
    }
  }
}

std::optional<Mistake> read_point(const char*& p, const char* end, Point& point) {
  LineReading reading(p, end, point);
  const bool read = reading.read();
  p = read ? reading.position() : past_line(reading.position(), end);
  return reading.take_mistake();
}

}  // namespace gemel::connectors::line_protocol
