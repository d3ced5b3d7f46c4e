#include "fmu/variable_row.hpp"

#include <cctype>
#include <cstdlib>

#include "base/check.hpp"
#include "base/text.hpp"

namespace gemel::fmu {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  std::string word;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      word += c;
    } else if (!word.empty()) {
      found.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) found.push_back(std::move(word));
  return found;
}

Result<std::string> bytes_of_hex(const Variable& variable, std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size() + 1; i += 2) {
    const std::string pair(text.substr(i, 2));
    char* end = nullptr;
    const auto byte = std::strtoul(pair.c_str(), &end, 16);
    if (pair.size() != 2 || *end != '\0' || std::isxdigit(static_cast<unsigned char>(pair[0])) == 0)
      return Error{ErrorCode::InvalidInput, variable.name + ": '" + std::string(text) +
                                                "' is no sequence of bytes; write 0a1b…"};
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

Result<double> number_of(const Variable& variable, const std::string& word) {
  double value = 0.0;
  const bool flag = variable.type == Type::Boolean || variable.type == Type::Clock;
  if (flag && (word == "true" || word == "false")) return word == "true" ? 1.0 : 0.0;
  if (!text::parse_number(word, value)) {
    return Error{ErrorCode::InvalidInput, variable.name + ": '" + word + "' is no " +
                                              std::string(to_string(variable.type)) + "; write " +
                                              (flag ? "true or false" : "a number")};
  }
  return value;
}

}  // namespace

bool is_number(Type type) {
  return type != Type::String && type != Type::Binary && type != Type::Clock;
}

std::vector<std::string> element_names(const ModelDescription& description,
                                       const Variable& variable) {
  if (variable.dimensions.empty()) return {variable.name};
  const auto shape = description.shape_of(variable);
  std::vector<std::uint64_t> index(shape.size(), 1);
  std::vector<std::string> names;
  for (std::uint64_t i = 0, all = description.size_of(variable); i < all; ++i) {
    std::string name = variable.name + "[";
    for (std::size_t d = 0; d < index.size(); ++d)
      name += (d == 0 ? "" : ",") + std::to_string(index[d]);
    names.push_back(name + "]");
    for (std::size_t d = index.size(); d-- > 0;) {
      if (++index[d] <= shape[d]) break;
      index[d] = 1;
    }
  }
  return names;
}

Result<VariableRow> VariableRow::make(const ModelDescription& description,
                                      std::span<const Variable* const> variables) {
  VariableRow row;
  for (const Variable* variable : variables) {
    if (!is_number(variable->type)) {
      return Error{ErrorCode::Unsupported, variable->name + " is a " +
                                               std::string(to_string(variable->type)) +
                                               ", which has no number to record; leave it out"};
    }
    if (row.stretches_.empty() || row.stretches_.back().type != variable->type)
      row.stretches_.push_back({variable->type, {}, row.columns_.size(), 0});
    auto& stretch = row.stretches_.back();
    stretch.references.push_back(variable->reference);
    for (auto& name : element_names(description, *variable)) {
      row.columns_.push_back(std::move(name));
      ++stretch.values;
    }
  }
  return row;
}

Result<void> VariableRow::read(Instance& instance, std::span<double> row) const {
  GEMEL_CHECK(row.size() == size());
  for (const auto& stretch : stretches_) {
    GEMEL_TRY(instance.get_numbers(stretch.type, stretch.references,
                                   row.subspan(stretch.first, stretch.values)));
  }
  return {};
}

Result<void> VariableRow::write(Instance& instance, std::span<const double> row) const {
  GEMEL_CHECK(row.size() == size());
  for (const auto& stretch : stretches_) {
    GEMEL_TRY(instance.set_numbers(stretch.type, stretch.references,
                                   row.subspan(stretch.first, stretch.values)));
  }
  return {};
}

Result<void> set_from_text(Instance& instance, const Variable& variable, std::string_view text) {
  if (variable.type == Type::String) {
    const std::string value(text);
    return instance.set_texts(variable.type, {&variable.reference, 1}, {&value, 1});
  }
  if (variable.type == Type::Binary) {
    GEMEL_ASSIGN(const auto value, bytes_of_hex(variable, text::trim(text)));
    return instance.set_texts(variable.type, {&variable.reference, 1}, {&value, 1});
  }
  std::vector<double> values;
  for (const auto& word : words(text)) {
    GEMEL_ASSIGN(values.emplace_back(), number_of(variable, word));
  }
  const auto size = instance.description().size_of(variable);
  if (values.size() != size) {
    return {ErrorCode::InvalidInput, variable.name + ": " + std::to_string(values.size()) +
                                         " values in '" + std::string(text) + "', but it has " +
                                         std::to_string(size)};
  }
  return instance.set_numbers(variable.type, {&variable.reference, 1}, values);
}

Result<void> set_from_texts(Instance& instance,
                            std::span<const std::pair<std::string, std::string>> values) {
  for (const auto& [name, value] : values) {
    GEMEL_ASSIGN(const Variable* variable, instance.description().find(name));
    if (auto set = set_from_text(instance, *variable, value); !set)
      return set.error().within("setting " + name);
  }
  return {};
}

}  // namespace gemel::fmu
