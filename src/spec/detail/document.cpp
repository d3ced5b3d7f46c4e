#include "spec/detail/document.hpp"

#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/node/node.h>
#include <yaml-cpp/parser.h>

#include "spec/detail/characters.hpp"
#include "spec/detail/substitution.hpp"

namespace gemel::spec {
namespace {

Location place(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

/// A limit was passed or a reference can't be; the parse ends.
struct Stop {};

/// Turns the parser's events into nodes.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::deque<Node>& nodes, const Environment& environment, Problems& problems)
      : nodes_(nodes), environment_(environment), problems_(problems) {}

  const Node* root() const { return root_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node& node = make(Node::Kind::Nothing, mark, anchor);
    place_in_parent(node, place(mark));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Node& meant = *anchors_.at(anchor);
    if (!meant.closed)
      stop(place(mark), "this alias stands inside what it refers to, which would never end");
    count(meant.size, place(mark));
    place_in_parent(meant, place(mark));
  }

  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    if (value.size() > Document::kTextMax) {
      stop(place(mark), fmt::format("a text of {} bytes; at most {} are read", value.size(),
                                    Document::kTextMax));
    }
    Node& node = make(Node::Kind::Text, mark, anchor);
    node.text = expects_key() ? value : substitute(value, node.at);
    place_in_parent(node, node.at);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::List, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::Table, mark, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    Node* node;
    std::unordered_map<std::string, Location> keys;  // of a table: first place of each
    bool has_key = false;                            // a key waits for its value
    bool is_repeated = false;  // … which is dropped: the key stood here before
  };

  [[noreturn]] void stop(Location at, std::string message) {
    problems_.error(at, std::move(message));
    throw Stop{};
  }

  void count(std::size_t nodes, Location at) {
    total_ += nodes;
    if (total_ > Document::kNodesMax) {
      stop(at, fmt::format("more than {} values, aliases written out; split the plant or use types",
                           Document::kNodesMax));
    }
  }

  bool expects_key() const {
    return !levels_.empty() && levels_.back().node->is_table() && !levels_.back().has_key;
  }

  std::string substitute(const std::string& value, Location at) {
    auto replaced = substitute_environment(value, environment_);
    if (!replaced) {
      problems_.error(at, replaced.error().message);
      return value;
    }
    return std::move(*replaced);
  }

  Node& make(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    count(1, place(mark));
    Node& node = nodes_.emplace_back();
    node.kind = kind;
    node.at = place(mark);
    if (anchor != 0) anchors_[anchor] = &node;
    return node;
  }

  void open(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (levels_.size() >= Document::kDepthMax) {
      stop(place(mark),
           fmt::format("more than {} levels deep; flatten the tree", Document::kDepthMax));
    }
    if (expects_key()) stop(place(mark), "a key must be a plain name, not a list or table");
    Node& node = make(kind, mark, anchor);
    node.closed = false;
    levels_.push_back({.node = &node, .keys = {}});
  }

  void close() {
    Node* node = levels_.back().node;
    levels_.pop_back();
    node->closed = true;
    place_in_parent(*node, node->at);
  }

  void place_in_parent(const Node& node, Location at) {
    if (levels_.empty()) {
      root_ = &node;
      return;
    }
    Level& level = levels_.back();
    if (level.node->is_list()) {
      level.node->items.push_back(&node);
      level.node->size += node.size;
    } else if (!level.has_key) {
      begin_entry(level, node, at);
    } else {
      if (!level.is_repeated) level.node->entries.back().value = &node;
      level.node->size += node.size + 1;
      level.has_key = false;
    }
  }

  void begin_entry(Level& level, const Node& key, Location at) {
    if (!key.is_text()) stop(at, "a key must be a plain name");
    const auto [first, is_new] = level.keys.emplace(key.text, at);
    if (!is_new) {
      problems_.error(at,
                      fmt::format("'{}' stands here twice, first in line {}; remove or rename one",
                                  shown(key.text), first->second.line));
    }
    level.has_key = true;
    level.is_repeated = !is_new;
    if (is_new) level.node->entries.push_back({key.text, at, nullptr});
  }

  std::deque<Node>& nodes_;
  const Environment& environment_;
  Problems& problems_;
  std::unordered_map<YAML::anchor_t, const Node*> anchors_;
  std::vector<Level> levels_;
  const Node* root_ = nullptr;
  std::size_t total_ = 0;
};

/// What the YAML library says, in words that help.
std::string in_plain_words(const std::string& library_says) {
  const auto contains = [&](std::string_view part) {
    return library_says.find(part) != std::string::npos;
  };
  if (contains("end of map not found")) {
    return "the indentation does not fit: this line belongs to no table above it; align it with "
           "its neighbours";
  }
  if (contains("end of sequence not found")) {
    return "the indentation does not fit: this line belongs to no list above it; align the dashes";
  }
  if (contains("flow not found") || contains("flow end")) {
    return "brackets do not match: a '{' or '[' is not closed, or closed twice";
  }
  if (contains("illegal map value")) {
    return "a ': ' where no value can begin; indent it under its key, or put text that holds ': ' "
           "in quotes";
  }
  if (contains("illegal map key"))
    return "a key where none can be; look at the indentation of this line";
  if (contains("unknown token") || contains("illegal character")) {
    return "a character that YAML keeps for itself; put the text in quotes";
  }
  if (contains("EOF in scalar")) return "a quotation mark is opened and never closed";
  if (contains("anchor is not defined"))
    return "an alias (*name) to an anchor (&name) that is not above it";
  return "not readable as YAML: " + library_says;
}

/// The first line up to `last_line` that is indented with a tab, which breaks YAML in ways that its
/// parser explains badly.
std::optional<Location> tab_in_indentation(std::string_view text, int last_line) {
  int line = 1;
  for (std::size_t begin = 0; begin < text.size() && line <= last_line; ++line) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto first = text.find_first_not_of(' ', begin);
    if (first < end && text[first] == '\t')
      return Location{line, static_cast<int>(first - begin) + 1};
    begin = end + 1;
  }
  return std::nullopt;
}

void report_parse_error(std::string_view text, const YAML::Exception& e, Problems& problems) {
  const Location at = place(e.mark);
  if (const auto tab = tab_in_indentation(text, at.line)) {
    problems.error(*tab, "a tab in the indentation; YAML indents with spaces only");
  } else {
    problems.error(at, in_plain_words(e.msg));
  }
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const auto& entry : entries) {
    if (entry.key == key) return entry.value;
  }
  return nullptr;
}

std::optional<Document> Document::parse(std::string_view text, const Environment& environment,
                                        Problems& problems) {
  if (text.size() > kTwinFileMaxBytes) {
    problems.error(
        {}, fmt::format("{} bytes; a twin file may have {}", text.size(), kTwinFileMaxBytes));
    return std::nullopt;
  }
  if (const auto bad = first_unreadable(text)) {
    problems.error(bad->at, bad->what);
    return std::nullopt;
  }
  Document document;
  TreeBuilder builder(document.nodes_, environment, problems);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    const bool found = parser.HandleNextDocument(builder);
    if (!found || builder.root() == nullptr || builder.root()->kind == Node::Kind::Nothing) {
      problems.error({}, "the file is empty; a twin file begins with 'gemel: 1' and 'plant: NAME'");
      return std::nullopt;
    }
    document.root_ = builder.root();
    TreeBuilder second(document.nodes_, environment, problems);
    if (parser.HandleNextDocument(second) && second.root() != nullptr) {
      problems.error(second.root()->at,
                     "a second document after '---'; a twin file is one document");
    }
  } catch (const Stop&) {
    return std::nullopt;
  } catch (const YAML::Exception& e) {
    report_parse_error(text, e, problems);
    return std::nullopt;
  } catch (const std::exception& e) {
    problems.error({}, fmt::format("not readable as YAML: {}", e.what()));
    return std::nullopt;
  }
  return document;
}

}  // namespace gemel::spec
