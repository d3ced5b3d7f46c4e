#pragma once
// YAML as a tree that remembers its places, with limits on all that a hostile file may blow up.

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/detail/problems.hpp"
#include "spec/spec.hpp"

namespace gemel::spec {

/// One value of a document. Aliases share the node of their anchor.
struct Node {
  enum class Kind { Nothing, Text, List, Table };
  struct Entry {
    std::string key;
    Location at;
    const Node* value = nullptr;
  };

  Kind kind = Kind::Nothing;
  Location at;
  std::string text;  // with ${…} replaced
  std::vector<const Node*> items;
  std::vector<Entry> entries;
  std::size_t size = 1;  // nodes in it, with aliases written out
  bool closed = true;    // false while its end has not been read: an alias to it would be a ring

  bool is_text() const { return kind == Kind::Text; }
  bool is_list() const { return kind == Kind::List; }
  bool is_table() const { return kind == Kind::Table; }

  /// The value of `key`, or null.
  const Node* find(std::string_view key) const;
};

/// Limits: kTwinFileMaxBytes of text, kNodesMax nodes (aliases count as written out), kDepthMax
/// levels, texts of at most kTextMax bytes. Lifetime: nodes live as long as their document.
class Document {
 public:
  static constexpr std::size_t kNodesMax = 1'000'000;
  static constexpr std::size_t kDepthMax = 64;
  static constexpr std::size_t kTextMax = 16 << 10;

  /// The document, or nothing when the text can't be read as YAML; why not is then among the
  /// problems.
  static std::optional<Document> parse(std::string_view text, const Environment& environment,
                                       Problems& problems);

  const Node& root() const { return *root_; }

 private:
  Document() = default;
  std::deque<Node> nodes_;
  const Node* root_ = nullptr;
};

}  // namespace gemel::spec
