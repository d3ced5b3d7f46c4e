#pragma once
// Reads a table that the grammar has looked at: what has not the form it should have was reported
// there, and reads as absent here.

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "core/event.hpp"
#include "core/plant.hpp"
#include "spec/detail/document.hpp"

namespace gemel::spec {

/// Lifetime: the table must outlive it.
class Fields {
 public:
  explicit Fields(const Node& table) : table_(table) {}

  const Node& table() const { return table_; }
  /// The value of `key`, or null.
  const Node* find(std::string_view key) const { return table_.find(key); }
  /// The value of `key` if it is a text, or null.
  const Node* find_text(std::string_view key) const;

  std::string text(std::string_view key, std::string_view fallback = {}) const;
  double number(std::string_view key, double fallback) const;
  Duration duration(std::string_view key, Duration fallback) const;
  Priority priority() const;
  Autonomy autonomy(Autonomy fallback) const;

  /// The items of a list.
  std::vector<const Node*> items(std::string_view key) const;
  /// The same where one value may stand for a list of one.
  std::vector<const Node*> one_or_more(std::string_view key) const;
  /// The entries of a table; none when `key` is absent.
  const std::vector<Node::Entry>& entries(std::string_view key) const;

 private:
  const Node& table_;
};

}  // namespace gemel::spec
