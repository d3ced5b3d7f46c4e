// The grammar as a JSON Schema.

#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/grammar.hpp"
#include "spec/spec.hpp"

namespace gemel::spec {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

/// Writes the schema of one record after the other; a record that contains another only refers to
/// it.
class SchemaWriter {
 public:
  std::string write() {
    std::string root = object(kTwinRecord, "  ");
    std::string definitions;
    // Writing one may find further ones.
    for (std::size_t i = 0; i < queue_.size(); ++i) {
      definitions += fmt::format("{}    {}: {{\n{}    }}", i == 0 ? "" : ",\n",
                                 quoted(key_of(*queue_[i])), object(*queue_[i], "      "));
    }
    return fmt::format(
        "{{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
        "  \"title\": \"Gemel twin file\",\n{},\n  \"$defs\": {{\n{}\n  }}\n}}\n",
        root.substr(0, root.size() - 1), definitions);
  }

 private:
  static std::string key_of(const Record& record) {
    std::string key(record.name);
    for (char& c : key) {
      if (c == ' ') c = '_';
    }
    return key;
  }

  std::string object(const Record& record, const std::string& indent) {
    std::string properties, required;
    for (const auto& key : record.keys) {
      properties +=
          fmt::format("{}{}  {}: {{ \"description\": {}, {} }}", properties.empty() ? "" : ",\n",
                      indent, quoted(key.name), quoted(key.description), form(*key.value));
      if (key.required) required += (required.empty() ? "" : ", ") + quoted(key.name);
    }
    std::string out = fmt::format("{0}\"description\": {1},\n{0}\"type\": \"object\",\n", indent,
                                  quoted(record.description));
    if (!required.empty()) out += fmt::format("{}\"required\": [{}],\n", indent, required);
    out += fmt::format("{0}\"properties\": {{\n{1}\n{0}}},\n", indent, properties);
    return out + fmt::format("{}\"additionalProperties\": {}\n", indent, others(record));
  }

  std::string others(const Record& record) {
    if (record.others == nullptr) return "false";
    return fmt::format("{{ \"description\": {}, {} }}", quoted(record.others_description),
                       form(*record.others));
  }

  std::string reference(const Record& record) {
    if (seen_.insert(&record).second) queue_.push_back(&record);
    return fmt::format("\"$ref\": \"#/$defs/{}\"", key_of(record));
  }

  /// The members that describe a value, without braces.
  std::string form(const Value& value) {
    switch (value.form) {
      case Form::Text:
        return "\"type\": [\"string\", \"number\", \"boolean\"]";
      case Form::Name:
      case Form::Condition:
      case Form::Rule:
      case Form::Reference:
        return "\"type\": \"string\"";
      case Form::Number:
        return "\"type\": \"number\"";
      case Form::Choice:
        return choice(value);
      case Form::Quantity:
      case Form::Duration:
      case Form::Rate:
        return "\"type\": [\"string\", \"number\"]";
      case Form::List:
        return list(value);
      case Form::OneOrMore:
        return fmt::format(
            "\"anyOf\": [{{ {0} }}, {{ \"type\": \"array\", \"items\": {{ {0} }} }}]",
            form(*value.of));
      case Form::Named:
        return fmt::format("\"type\": \"object\", \"additionalProperties\": {{ {} }}",
                           form(*value.of));
      // An asset may have nothing behind it.
      case Form::Record:
        if (value.record == &kAssetRecord)
          return fmt::format("\"anyOf\": [{{ {} }}, {{ \"type\": \"null\" }}]",
                             reference(*value.record));
        return reference(*value.record);
      case Form::ShortOr:
        return fmt::format("\"anyOf\": [{{ {} }}, {{ {} }}]", form(*value.of),
                           reference(*value.record));
    }
    return {};
  }

  std::string list(const Value& value) {
    std::string out = fmt::format("\"type\": \"array\", \"items\": {{ {} }}", form(*value.of));
    if (value.length != 0)
      out += fmt::format(", \"minItems\": {0}, \"maxItems\": {0}", value.length);
    return out;
  }

  /// YAML reads 1 as a number and 3.1.1 as a text.
  static std::string choice(const Value& value) {
    std::string all;
    for (const auto name : value.choices) {
      double number = 0;
      if (text::parse_number(name, number))
        all += fmt::format("{}{}", all.empty() ? "" : ", ", name);
      all += (all.empty() ? "" : ", ") + quoted(name);
    }
    return fmt::format("\"enum\": [{}]", all);
  }

  std::vector<const Record*> queue_;
  std::set<const Record*> seen_;
};

}  // namespace

std::string json_schema() { return SchemaWriter().write(); }

}  // namespace gemel::spec
