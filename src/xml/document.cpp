#include "xml/document.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <pugixml.hpp>

#include "base/text.hpp"

namespace gemel::xml {
namespace {

constexpr std::size_t kTextMax = 64u << 20;

std::string shortened(std::string_view text) {
  constexpr std::size_t kShown = 80;
  return std::string(text.substr(0, kShown)) + (text.size() > kShown ? "…" : "");
}

template <class Number>
std::optional<Number> whole_text(std::string_view text) {
  Number value{};
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

pugi::xml_node raw(void* node) { return pugi::xml_node(static_cast<pugi::xml_node_struct*>(node)); }

/// The part after the prefix, and the prefix.
std::pair<std::string_view, std::string_view> parts_of(std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos) return {name, {}};
  return {name.substr(colon + 1), name.substr(0, colon)};
}

}  // namespace

std::string_view Element::name() const { return raw(node_).name(); }
std::string_view Element::local_name() const { return parts_of(name()).first; }

std::string_view Element::name_space() const {
  const auto prefix = parts_of(name()).second;
  const auto declaration = prefix.empty() ? std::string("xmlns") : "xmlns:" + std::string(prefix);
  for (auto node = raw(node_); node; node = node.parent()) {
    if (const auto found = node.attribute(declaration.c_str())) return found.value();
  }
  return {};
}

std::vector<Element> Element::children() const {
  std::vector<Element> found;
  for (const auto node : raw(node_).children()) {
    if (node.type() == pugi::node_element) found.push_back(Element(node.internal_object()));
  }
  return found;
}

std::vector<Element> Element::children(std::string_view name) const {
  std::vector<Element> found;
  for (const auto each : children()) {
    if (each.name() == name) found.push_back(each);
  }
  return found;
}

Element Element::child(std::string_view name) const {
  for (const auto node : raw(node_).children()) {
    if (node.type() == pugi::node_element && node.name() == name)
      return Element(node.internal_object());
  }
  return {};
}

std::optional<std::string_view> Element::attribute(std::string_view name) const {
  for (const auto each : raw(node_).attributes()) {
    if (each.name() == name) return each.value();
  }
  return std::nullopt;
}

std::vector<std::string_view> Element::attributes() const {
  std::vector<std::string_view> names;
  for (const auto each : raw(node_).attributes()) names.emplace_back(each.name());
  return names;
}

std::optional<double> number_of(std::string_view text) {
  text = text::trim(text);
  if (text == "INF" || text == "+INF") return std::numeric_limits<double>::infinity();
  if (text == "-INF") return -std::numeric_limits<double>::infinity();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  double value = 0.0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // from_chars does not say whether it was too large or too small; strtod does.
    return std::strtod(std::string(text).c_str(), nullptr);
  }
  // Without its own words for them, "inf" and "nan" are no numbers of XML.
  if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::vector<std::string_view> words(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  std::vector<std::string_view> found;
  for (;;) {
    const auto begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return found;
    text.remove_prefix(begin);
    const auto end = text.find_first_of(kBlank);
    found.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return found;
    text.remove_prefix(end);
  }
}

struct Document::Parsed {
  pugi::xml_document document;
};

Document::Document(std::string_view text, std::string_view name)
    : source_(text), name_(name), parsed_(std::make_unique<Parsed>()) {
  if (text.size() > kTextMax) {
    error_ = Error{ErrorCode::Capacity,
                   name_ + ": " + std::to_string(text.size()) + " bytes; at most 64 MiB are read"};
    return;
  }
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
  auto& document = parsed_->document;
  try {
    const auto parsed = document.load_buffer(
        text.data(), text.size(), pugi::parse_default | pugi::parse_doctype, pugi::encoding_auto);
    if (!parsed) {
      const auto next =
          std::upper_bound(line_starts_.begin(), line_starts_.end(),
                           static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, parsed.offset)));
      error_ = Error{ErrorCode::InvalidInput,
                     name_ + ":" + std::to_string(next - line_starts_.begin()) +
                         ": no XML: " + parsed.description() + "; export the file anew"};
      return;
    }
  } catch (const std::bad_alloc&) {  // pugixml's only exception
    error_ = Error{ErrorCode::Capacity, name_ + ": too large for this machine's memory"};
    return;
  }
  for (const auto node : document.children()) {
    if (node.type() == pugi::node_doctype)
      fail(Element(node.internal_object()),
           "a document type is refused, for it may define entities; leave it out");
  }
}

Document::~Document() = default;

Element Document::root() const {
  return Element(parsed_->document.document_element().internal_object());
}

int Document::line_of(Element node) const {
  const auto offset = raw(node.node_).offset_debug();
  if (offset < 0) return 0;
  return static_cast<int>(
      std::upper_bound(line_starts_.begin(), line_starts_.end(), static_cast<std::size_t>(offset)) -
      line_starts_.begin());
}

void Document::fail(Element node, std::string_view what, ErrorCode code) {
  if (error_) return;
  std::string message = name_ + ":" + std::to_string(line_of(node)) + ": ";
  if (!node.name().empty()) {
    message += "<" + shortened(node.name());
    if (const auto label = node.attribute("name")) message += " name=\"" + shortened(*label) + "\"";
    message += ">: ";
  }
  error_ = Error{code, message + std::string(what)};
}

std::string Document::text(Element node, std::string_view attribute) const {
  return std::string(node.attribute(attribute).value_or(std::string_view()));
}

std::string Document::required(Element node, std::string_view attribute) {
  auto value = text(node, attribute);
  if (value.empty()) fail(node, "attribute " + std::string(attribute) + " is missing or empty");
  return value;
}

bool Document::flag(Element node, std::string_view attribute, bool otherwise) {
  const auto found = node.attribute(attribute);
  if (!found) return otherwise;
  const auto value = text::trim(*found);
  if (value == "true" || value == "1") return true;
  if (value != "false" && value != "0") {
    fail(node, std::string(attribute) + "=\"" + shortened(value) + "\" is neither true nor false");
  }
  return false;
}

std::optional<double> Document::number(Element node, std::string_view attribute) {
  const auto found = node.attribute(attribute);
  if (!found) return std::nullopt;
  const auto value = number_of(*found);
  if (!value) {
    fail(node, std::string(attribute) + "=\"" + shortened(*found) +
                   "\" is no number; write one such as 0.01");
  }
  return value;
}

std::optional<std::uint64_t> Document::whole(Element node, std::string_view attribute,
                                             std::uint64_t max) {
  const auto found = node.attribute(attribute);
  if (!found) return std::nullopt;
  const auto value = whole_text<std::uint64_t>(text::trim(*found));
  if (!value || *value > max) {
    fail(node, std::string(attribute) + "=\"" + shortened(*found) +
                   "\" is no whole number of 0 to " + std::to_string(max));
    return std::nullopt;
  }
  return value;
}

int Document::integer(Element node, std::string_view attribute) {
  const auto found = node.attribute(attribute);
  if (!found) return 0;
  const auto value = whole_text<int>(text::trim(*found));
  if (!value) fail(node, std::string(attribute) + "=\"" + shortened(*found) + "\" is no integer");
  return value.value_or(0);
}

std::optional<std::size_t> Document::choice(Element node, std::string_view attribute,
                                            const std::vector<std::string_view>& names) {
  const auto found = node.attribute(attribute);
  if (!found) return std::nullopt;
  const auto at = std::find(names.begin(), names.end(), *found);
  if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  std::string all;
  for (const auto name : names) all += (all.empty() ? "" : ", ") + std::string(name);
  fail(node, std::string(attribute) + "=\"" + shortened(*found) + "\" is none of " + all);
  return std::nullopt;
}

std::optional<std::vector<std::uint32_t>> Document::references(Element node,
                                                               std::string_view attribute) {
  const auto found = node.attribute(attribute);
  if (!found) return std::nullopt;
  std::vector<std::uint32_t> values;
  for (const auto word : words(*found)) {
    const auto value = whole_text<std::uint32_t>(word);
    if (!value) {
      fail(node, std::string(attribute) + ": \"" + shortened(word) + "\" is no whole number");
      return std::nullopt;
    }
    values.push_back(*value);
  }
  return values;
}

}  // namespace gemel::xml
