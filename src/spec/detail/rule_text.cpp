#include "spec/detail/rule_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"

namespace gemel::spec {
namespace {

using Kind = RuleNode::Kind;

constexpr int kDepthMax = 32;
constexpr int kNodesMax = 500;

const std::vector<std::string>& keywords() {
  static const std::vector<std::string> kWords{"and", "or", "not", "for", "hysteresis"};
  return kWords;
}
const std::vector<std::string>& functions() {
  static const std::vector<std::string> kWords{"rate", "mean", "min", "max", "spread", "abs"};
  return kWords;
}
bool is_one_of(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// Letters of names; bytes beyond ASCII are letters of units ("°C", "µm").
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_unit_character(char c) {
  return is_letter(c) || is_digit(c) ||
         std::string_view("%/.*^-$").find(c) != std::string_view::npos;
}

struct Operator {
  std::string_view text;
  Comparison comparison;
};
// Longer ones first, so that "<=" is not read as "<".
constexpr std::array kComparisons{
    Operator{"<=", Comparison::LessEqual}, Operator{">=", Comparison::GreaterEqual},
    Operator{"==", Comparison::Equal},     Operator{"!=", Comparison::NotEqual},
    Operator{"<", Comparison::Less},       Operator{">", Comparison::Greater}};

/// "; did you mean 'and'?" for "adn" and "AND". Everything is near to a single letter.
std::string near_keyword(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return lower.size() < 2 ? std::string() : text::did_you_mean(lower, keywords());
}

/// Recursive descent, one function a line of the grammar.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<RuleNode> parse() {
    GEMEL_ASSIGN(auto whole, truth());
    GEMEL_ASSIGN(whole, held(std::move(whole)));
    skip_blanks();
    if (at_ != text_.size()) return unexpected(whole);
    if (!whole.is_truth()) return not_compared(whole);
    return whole;
  }

 private:
  Error fail(std::size_t at, std::string_view why) const { return rule_error(text_, at, why); }

  /// What stands where an expression could go on.
  Error unexpected(const RuleNode& before) {
    const auto word = word_at(at_);
    if (text_[at_] == ')') return fail(at_, "nothing was opened that it could close");
    if (text_[at_] == '=') return fail(at_, "write '==' to compare");
    if (before.kind == Kind::Hold && (word == "and" || word == "or"))
      return fail(at_,
                  fmt::format("a 'for' ends what it goes for; write '(… for 10 s) {} …'", word));
    if (text_.substr(at_).starts_with("&&")) return fail(at_, "write 'and'");
    if (text_.substr(at_).starts_with("||")) return fail(at_, "write 'or'");
    if (const auto near = near_keyword(word); !near.empty())
      return fail(at_, "expected 'and', 'or', 'for' or the end" + near);
    if (!before.is_truth()) return fail(at_, "expected a comparison such as '< 3 bar'");
    return fail(at_, "expected 'and', 'or', 'for' or the end");
  }

  Error not_compared(const RuleNode& node) const {
    return fail(node.at,
                fmt::format("{} is a number, not true or false; compare it, as in "
                            "'{} > 3 bar'",
                            node.kind == Kind::Name ? "'" + shown(node.text) + "'" : "this",
                            node.kind == Kind::Name ? shown(node.text) : "…"));
  }
  Error not_a_number(const RuleNode& node) const {
    return fail(node.at, "a number or signal stands here, not something true or false");
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  /// Letters, digits and what names hold otherwise, from `from`.
  std::string_view word_at(std::size_t from) const {
    std::size_t end = from;
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]) ||
                                  text_[end] == '.' || text_[end] == '-'))
      ++end;
    return text_.substr(from, end - from);
  }
  bool take_word(std::string_view word) {
    skip_blanks();
    if (word_at(at_) != word) return false;
    at_ += word.size();
    return true;
  }
  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  /// The node of an operator. Errors: too many.
  Result<RuleNode> node(Kind kind, std::size_t at, std::vector<RuleNode> parts = {}) {
    if (++nodes_ > kNodesMax)
      return fail(at, fmt::format("a rule has at most {} parts; make several rules", kNodesMax));
    RuleNode made;
    made.kind = kind;
    made.at = at;
    made.parts = std::move(parts);
    return made;
  }
  Result<RuleNode> pair(Kind kind, RuleNode left, RuleNode right) {
    const auto at = left.at;
    std::vector<RuleNode> parts;
    parts.push_back(std::move(left));
    parts.push_back(std::move(right));
    return node(kind, at, std::move(parts));
  }

  Result<RuleNode> truth() {
    GEMEL_ASSIGN(auto left, both());
    while (take_word("or")) {
      GEMEL_ASSIGN(auto right, both());
      if (!left.is_truth()) return not_compared(left);
      if (!right.is_truth()) return not_compared(right);
      GEMEL_ASSIGN(left, pair(Kind::Or, std::move(left), std::move(right)));
    }
    return left;
  }

  Result<RuleNode> both() {
    GEMEL_ASSIGN(auto left, denied());
    while (take_word("and")) {
      GEMEL_ASSIGN(auto right, denied());
      if (!left.is_truth()) return not_compared(left);
      if (!right.is_truth()) return not_compared(right);
      GEMEL_ASSIGN(left, pair(Kind::And, std::move(left), std::move(right)));
    }
    return left;
  }

  Result<RuleNode> denied() {
    skip_blanks();
    const auto at = at_;
    if (!take_word("not")) return comparison();
    if (++depth_ > kDepthMax) return too_deep();
    GEMEL_ASSIGN(auto part, denied());
    --depth_;
    if (!part.is_truth()) return not_compared(part);
    std::vector<RuleNode> parts;
    parts.push_back(std::move(part));
    return node(Kind::Not, at, std::move(parts));
  }

  const Operator* take_comparison() {
    skip_blanks();
    for (const auto& op : kComparisons) {
      if (!text_.substr(at_).starts_with(op.text)) continue;
      at_ += op.text.size();
      return &op;
    }
    return nullptr;
  }

  Result<RuleNode> comparison() {
    GEMEL_ASSIGN(auto left, sum());
    const Operator* op = take_comparison();
    if (op == nullptr) return left;
    if (left.is_truth()) return not_a_number(left);
    GEMEL_ASSIGN(auto right, sum());
    if (right.is_truth()) return not_a_number(right);
    GEMEL_ASSIGN(auto made, pair(Kind::Compare, std::move(left), std::move(right)));
    made.comparison = op->comparison;
    skip_blanks();
    if (const auto at = at_; take_comparison() != nullptr)
      return fail(at, "two comparisons in a row; write 'a < b and b < c'");
    if (!take_word("hysteresis")) return made;
    skip_blanks();
    const auto at = at_;
    GEMEL_ASSIGN(const auto margin, number());
    if (margin.number < 0.0) return fail(at, "a hysteresis is not below zero");
    made.hysteresis = RuleNode::Margin{margin.number, margin.text};
    return made;
  }

  Result<RuleNode> sum() {
    GEMEL_ASSIGN(auto left, product());
    for (;;) {
      const bool plus = take('+');
      if (!plus && !take('-')) return left;
      GEMEL_ASSIGN(auto right, product());
      if (left.is_truth()) return not_a_number(left);
      if (right.is_truth()) return not_a_number(right);
      GEMEL_ASSIGN(left,
                   pair(plus ? Kind::Add : Kind::Subtract, std::move(left), std::move(right)));
    }
  }

  Result<RuleNode> product() {
    GEMEL_ASSIGN(auto left, factor());
    for (;;) {
      const bool times = take('*');
      if (!times && !take('/')) return left;
      GEMEL_ASSIGN(auto right, factor());
      if (left.is_truth()) return not_a_number(left);
      if (right.is_truth()) return not_a_number(right);
      GEMEL_ASSIGN(left,
                   pair(times ? Kind::Multiply : Kind::Divide, std::move(left), std::move(right)));
    }
  }

  Error too_deep() const {
    return fail(at_, fmt::format("more than {} levels; make several rules", kDepthMax));
  }

  bool number_begins() const {
    const auto rest = text_.substr(at_);
    const std::size_t sign = rest.starts_with('-') || rest.starts_with('+') ? 1 : 0;
    const std::size_t dot = rest.substr(sign).starts_with('.') ? 1 : 0;
    return rest.size() > sign + dot && is_digit(rest[sign + dot]);
  }

  Result<RuleNode> factor() {
    skip_blanks();
    if (at_ >= text_.size()) return fail(at_, "expected a signal, a number or '('");
    if (number_begins()) return number();
    const auto at = at_;
    if (text_[at_] == '(' || text_[at_] == '-') {
      if (++depth_ > kDepthMax) return too_deep();
      GEMEL_ASSIGN(auto inner, text_[at_++] == '(' ? parenthesis(at) : negated(at));
      --depth_;
      return inner;
    }
    if (text_[at_] == '!') return fail(at_, "write 'not'");
    if (!is_letter(text_[at_])) return fail(at_, "expected a signal, a number or '('");
    const auto word = word_at(at_);
    if (is_one_of(keywords(), word))
      return fail(at_, fmt::format("expected a signal, a number or '(' before '{}'", word));
    at_ += word.size();
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == '(') return call(word, at);
    GEMEL_ASSIGN(auto name, node(Kind::Name, at));
    name.text = std::string(word);
    return name;
  }

  Result<RuleNode> parenthesis(std::size_t at) {
    GEMEL_ASSIGN(auto inner, truth());
    GEMEL_ASSIGN(inner, held(std::move(inner)));
    skip_blanks();
    if (at_ >= text_.size()) return fail(at, "'(' is not closed; write ')'");
    if (!take(')')) return unexpected(inner);
    return inner;
  }

  Result<RuleNode> negated(std::size_t at) {
    GEMEL_ASSIGN(auto part, factor());
    if (part.is_truth()) return not_a_number(part);
    std::vector<RuleNode> parts;
    parts.push_back(std::move(part));
    return node(Kind::Negate, at, std::move(parts));
  }

  /// What is followed by "for 10 s".
  Result<RuleNode> held(RuleNode part) {
    if (!take_word("for")) return part;
    if (!part.is_truth()) return not_compared(part);
    const auto at = part.at;
    GEMEL_ASSIGN(const auto span, duration());
    std::vector<RuleNode> parts;
    parts.push_back(std::move(part));
    GEMEL_ASSIGN(auto made, node(Kind::Hold, at, std::move(parts)));
    made.span = span;
    return made;
  }

  Result<RuleNode> call(std::string_view name, std::size_t at) {
    if (!is_one_of(functions(), name)) {
      const auto near = text::did_you_mean(name, functions());
      return fail(at, fmt::format("no function '{}'{}", shown(name),
                                  !near.empty() ? near
                                                : fmt::format("; there are {}",
                                                              fmt::join(functions(), ", "))));
    }
    if (++depth_ > kDepthMax) return too_deep();
    ++at_;  // the '('
    GEMEL_ASSIGN(auto argument, sum());
    if (argument.is_truth()) return not_a_number(argument);
    std::vector<RuleNode> parts;
    parts.push_back(std::move(argument));
    GEMEL_ASSIGN(auto made, node(Kind::Call, at, std::move(parts)));
    made.text = std::string(name);
    if (name != "abs") {
      if (!take(','))
        return fail(at_, fmt::format("'{0}' needs a window; write '{0}(…, 5 min)'", name));
      GEMEL_ASSIGN(made.span, duration());
      if (made.span.ns == 0) return fail(at, "a window is longer than nothing");
    }
    if (!take(')')) return fail(at_, fmt::format("expected ')' to end '{}('", name));
    --depth_;
    return made;
  }

  Result<Duration> duration() {
    skip_blanks();
    const auto at = at_;
    double number = 0.0;
    const auto [number_end, ec] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    auto end = static_cast<std::size_t>(number_end - text_.data());
    std::size_t unit = end;
    while (unit < text_.size() && is_blank(text_[unit])) ++unit;
    const auto word = word_at(unit);
    if (!word.empty() && !is_one_of(keywords(), word)) end = unit + word.size();
    const auto read = parse_duration(text_.substr(at, end - at));
    if (ec != std::errc{} || !read || read->ns < 0)
      return fail(at, "expected a duration: a number and ms, s, min, h, d or week");
    at_ = end;
    return *read;
  }

  Result<RuleNode> number() {
    skip_blanks();
    const auto at = at_;
    auto rest = text_.substr(at_);
    if (rest.starts_with('+')) rest.remove_prefix(1);
    double value = 0.0;
    const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (ec != std::errc{} || !std::isfinite(value)) return fail(at, "expected a number");
    at_ = static_cast<std::size_t>(end - text_.data());
    GEMEL_ASSIGN(auto made, node(Kind::Number, at));
    made.number = value == 0.0 ? 0.0 : value;  // no negative zero: it prints as another number
    made.text = unit();
    return made;
  }

  std::string unit() {
    const auto before = at_;
    skip_blanks();
    const auto begin = at_;
    const bool begins = at_ < text_.size() && (is_letter(text_[at_]) || text_[at_] == '%' ||
                                               (at_ > before && is_digit(text_[at_])));
    if (!begins || is_one_of(keywords(), word_at(at_))) {
      at_ = before;
      return {};
    }
    take_unit_word();
    take_further_unit_words();
    // "a < 1 adn b < 2": what goes on like this has a misspelt word, not a unit.
    const auto next = text_.find_first_not_of(" \t\r\n", at_);
    const bool goes_on = next != std::string_view::npos && is_letter(text_[next]) &&
                         !is_one_of(keywords(), word_at(next));
    if (goes_on && !near_keyword(text_.substr(begin, at_ - begin)).empty()) {
      at_ = before;
      return {};
    }
    return std::string(text_.substr(begin, at_ - begin));
  }
  /// "m3/h", "bar(g)", "W/(m2.K)".
  void take_unit_word() {
    int open = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '(') {
        ++open;
      } else if (c == ')') {
        if (open == 0) return;
        --open;
      } else if (!is_unit_character(c)) {
        return;
      }
    }
  }
  /// "Pa s": as long as nothing but the unit's end can follow.
  void take_further_unit_words() {
    std::size_t end = at_;
    for (std::size_t i = at_;;) {
      while (i < text_.size() && is_blank(text_[i])) ++i;
      if (i == text_.size() || text_[i] == ')' || is_one_of(keywords(), word_at(i))) break;
      if (!is_letter(text_[i])) return;
      while (i < text_.size() && is_unit_character(text_[i])) ++i;
      end = i;
    }
    at_ = end;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int nodes_ = 0;
};

}  // namespace

Error rule_error(std::string_view text, std::size_t at, std::string_view why) {
  at = std::min(at, text.size());
  const auto rest = text.substr(at);
  const auto word = rest.substr(0, std::max<std::size_t>(1, rest.find_first_of(" \t\n,()")));
  std::size_t character = 1;
  for (const char c : text.substr(0, at))
    character += (static_cast<unsigned char>(c) & 0xC0) == 0x80 ? 0 : 1;
  const auto place = rest.empty() ? std::string("at its end")
                                  : fmt::format("at '{}' (character {})", shown(word), character);
  return {ErrorCode::InvalidInput,
          fmt::format("'{}' is not a condition: {}: {}", shown(text), place, why)};
}

Result<RuleNode> parse_rule(std::string_view text) { return Parser(text).parse(); }

}  // namespace gemel::spec
