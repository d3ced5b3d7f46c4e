#include "spec/detail/form.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"
#include "spec/detail/quantity.hpp"
#include "spec/detail/rule_text.hpp"

namespace gemel::spec {
namespace {

std::string found(const Node& node) {
  switch (node.kind) {
    case Node::Kind::Nothing:
      return "nothing";
    case Node::Kind::Text:
      return "'" + shown(node.text) + "'";
    case Node::Kind::List:
      return "a list";
    case Node::Kind::Table:
      return "a table";
  }
  return {};
}

class FormCheck {
 public:
  explicit FormCheck(Problems& problems) : problems_(problems) {}

  void check(const Node& node, const Value& value, std::string_view label) {
    if (problems_.full()) return;
    switch (value.form) {
      case Form::List:
        return check_list(node, value, label);
      case Form::OneOrMore:
        if (!node.is_list()) return check(node, *value.of, label);
        return check_items(node, *value.of, label);
      case Form::Named:
        return check_named(node, value, label);
      case Form::Record:
        return check_record(node, value, label);
      case Form::ShortOr:
        if (node.is_table()) return check_keys(node, *value.record);
        return check(node, *value.of, label);
      default:
        return check_text(node, value, label);
    }
  }

  void check_keys(const Node& table, const Record& record) {
    for (const auto& entry : table.entries) {
      if (problems_.full()) return;
      if (entry.value == nullptr) continue;
      if (const Key* key = record.find(entry.key)) {
        check(*entry.value, *key->value, entry.key);
      } else {
        check_other(entry, record);
      }
    }
    for (const auto& key : record.keys) {
      if (key.required && table.find(key.name) == nullptr) {
        problems_.error(table.at, fmt::format("this {} lacks '{}': {}", record.name, key.name,
                                              lowered(key.description)));
      }
    }
  }

 private:
  static std::string lowered(std::string_view sentence) {
    std::string out(sentence.substr(0, sentence.find_last_not_of('.') + 1));
    if (out.size() > 1 && out[0] >= 'A' && out[0] <= 'Z' && !(out[1] >= 'A' && out[1] <= 'Z'))
      out[0] += 'a' - 'A';
    return out;
  }

  void expected(const Node& node, const Value& value, std::string_view label) {
    problems_.error(node.at,
                    fmt::format("'{}' expects {}, not {}", shown(label), value.what, found(node)));
  }

  void check_list(const Node& node, const Value& value, std::string_view label) {
    if (!node.is_list()) return expected(node, value, label);
    if (value.length != 0 && node.items.size() != value.length) {
      return problems_.error(node.at, fmt::format("'{}' expects {}, not {} values", shown(label),
                                                  value.what, node.items.size()));
    }
    check_items(node, *value.of, label);
  }

  void check_items(const Node& list, const Value& of, std::string_view label) {
    for (const Node* item : list.items) check(*item, of, label);
  }

  void check_named(const Node& node, const Value& value, std::string_view label) {
    if (!node.is_table()) return expected(node, value, label);
    // Keys of these tables are paths rather than new names.
    const bool declares = value.of->form == Form::Record && !value.keys_are_paths;
    for (const auto& entry : node.entries) {
      if (problems_.full()) return;
      if (declares) check_name(entry);
      if (entry.value != nullptr) check(*entry.value, *value.of, entry.key);
    }
  }

  void check_name(const Node::Entry& entry) {
    if (entry.key == "<<") {
      problems_.error(entry.at, "merge keys (<<) are not read; put what assets share into a type");
    } else if (!is_name(entry.key)) {
      problems_.error(
          entry.at,
          fmt::format(
              "'{}' is no name; names are made of letters, digits, '_' and '-', begin with a "
              "letter and have at most 64 characters",
              shown(entry.key)));
    }
  }

  void check_record(const Node& node, const Value& value, std::string_view label) {
    if (node.is_table()) return check_keys(node, *value.record);
    // "pump_1:" with nothing behind it is an asset without more to say.
    if (node.kind == Node::Kind::Nothing && value.record == &kAssetRecord) return;
    expected(node, value, label);
  }

  /// A key that the record does not know: one of the user's choosing, or a mistake.
  void check_other(const Node::Entry& entry, const Record& record) {
    const bool may_be_own = record.others != nullptr &&
                            (record.others->form != Form::Record || !entry.value->is_text());
    const bool is_slip = record.others != nullptr && record.others->form == Form::Record &&
                         is_singular_of_known(entry.key, record);
    if (entry.key == "<<") return check_name(entry);
    if (!may_be_own || is_slip) {
      return problems_.error(
          entry.at, fmt::format("unknown key '{}' in {} {}{}", shown(entry.key),
                                article(record.name), record.name, hint(entry.key, record)));
    }
    check_name(entry);
    check(*entry.value, *record.others, entry.key);
  }

  static std::string_view article(std::string_view noun) {
    return std::string_view("aeiou").find(noun.front()) != std::string_view::npos ? "an" : "a";
  }

  /// "signal" where "signals" is a key would otherwise become a part of the asset, with puzzling
  /// errors inside.
  static bool is_singular_of_known(std::string_view key, const Record& record) {
    return record.find(std::string(key) + "s") != nullptr ||
           (key.ends_with('s') && record.find(key.substr(0, key.size() - 1)) != nullptr);
  }

  static std::string hint(std::string_view key, const Record& record) {
    std::vector<std::string> names;
    for (const auto& known : record.keys) names.emplace_back(known.name);
    if (auto near = text::did_you_mean(key, names); !near.empty()) return near;
    return fmt::format("; known are {}", fmt::join(names, ", "));
  }

  void check_text(const Node& node, const Value& value, std::string_view label) {
    if (!node.is_text()) return expected(node, value, label);
    if (const auto trouble = trouble_with(node.text, value); !trouble.empty()) {
      problems_.error(node.at, fmt::format("'{}': {}", shown(label), trouble));
    }
  }

  /// Why the text is not of its form; empty when it is.
  static std::string trouble_with(const std::string& text, const Value& value) {
    double number = 0.0;
    const auto not_it = [&] {
      return fmt::format("expected {}, not '{}'", value.what, shown(text));
    };
    const auto message = [](const auto& result) {
      return result ? std::string() : result.error().message;
    };
    switch (value.form) {
      case Form::Text:
        return {};
      case Form::Name:
        return is_name(text) ? "" : not_it();
      case Form::Number:
        return text::parse_number(text, number) ? "" : not_it();
      case Form::Quantity:
        return message(parse_quantity(text));
      case Form::Duration:
        return duration_trouble(text);
      case Form::Rate:
        return message(parse_rate(text));
      case Form::Condition:
        return message(parse_condition(text));
      case Form::Rule:
        return message(parse_rule(text));
      case Form::Reference:
        return text.empty() || text.size() > 400 ? not_it() : "";
      case Form::Choice:
        return choice_trouble(text, value);
      default:
        return {};
    }
  }

  static std::string duration_trouble(const std::string& text) {
    const auto duration = parse_duration(text);
    if (!duration)
      return "'" + shown(text) + "' is not a duration; write a number and ms, s, min, h, d or week";
    return duration->ns > 0 ? ""
                            : "'" + shown(text) + "' is no span of time; it must be above zero";
  }

  static std::string choice_trouble(const std::string& text, const Value& value) {
    if (std::find(value.choices.begin(), value.choices.end(), text) != value.choices.end())
      return {};
    const std::vector<std::string> names(value.choices.begin(), value.choices.end());
    // Everything is near to a text of one or two characters.
    if (const auto near = text::did_you_mean(text, names); text.size() > 2 && !near.empty()) {
      return fmt::format("'{}' is not {}{}", shown(text), value.what, near);
    }
    return fmt::format("'{}' is not {}; choose from {}", shown(text), value.what,
                       fmt::join(names, ", "));
  }

  Problems& problems_;
};

}  // namespace

void check_form(const Node& root, Problems& problems) {
  if (!root.is_table()) {
    problems.error(
        root.at,
        fmt::format("a twin file is a table that begins with 'gemel: 1', not {}", found(root)));
    return;
  }
  FormCheck(problems).check_keys(root, kTwinRecord);
}

}  // namespace gemel::spec
