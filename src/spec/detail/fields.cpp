#include "spec/detail/fields.hpp"

#include "base/text.hpp"

namespace gemel::spec {

const Node* Fields::find_text(std::string_view key) const {
  const Node* node = find(key);
  return node != nullptr && node->is_text() ? node : nullptr;
}

std::string Fields::text(std::string_view key, std::string_view fallback) const {
  const Node* node = find_text(key);
  return node != nullptr ? node->text : std::string(fallback);
}

double Fields::number(std::string_view key, double fallback) const {
  const Node* node = find_text(key);
  double value = 0.0;
  return node != nullptr && text::parse_number(node->text, value) ? value : fallback;
}

Duration Fields::duration(std::string_view key, Duration fallback) const {
  const Node* node = find_text(key);
  return node != nullptr ? parse_duration(node->text).value_or(fallback) : fallback;
}

Priority Fields::priority() const {
  const auto name = text("priority");
  for (const auto priority :
       {Priority::Low, Priority::Medium, Priority::High, Priority::Critical}) {
    if (name == to_string(priority)) return priority;
  }
  return Priority::Medium;
}

Autonomy Fields::autonomy(Autonomy fallback) const {
  const auto name = text("autonomy");
  if (name.empty()) return fallback;
  return name == "approve" ? Autonomy::Approve : Autonomy::Observe;
}

std::vector<const Node*> Fields::items(std::string_view key) const {
  const Node* node = find(key);
  return node != nullptr ? node->items : std::vector<const Node*>{};
}

std::vector<const Node*> Fields::one_or_more(std::string_view key) const {
  const Node* node = find(key);
  if (node == nullptr || node->kind == Node::Kind::Nothing) return {};
  return node->is_list() ? node->items : std::vector<const Node*>{node};
}

const std::vector<Node::Entry>& Fields::entries(std::string_view key) const {
  static const std::vector<Node::Entry> kNone;
  const Node* node = find(key);
  return node != nullptr && node->is_table() ? node->entries : kNone;
}

}  // namespace gemel::spec
