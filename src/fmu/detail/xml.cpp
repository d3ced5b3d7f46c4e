#include "fmu/detail/xml.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.hpp"

namespace gemel::fmu::detail {
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

}  // namespace

std::optional<double> xml_double(std::string_view text) {
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

XmlDocument::XmlDocument(std::string_view text, std::string_view name)
    : source_(text), name_(name) {
  if (text.size() > kTextMax) {
    error_ = Error{ErrorCode::Capacity,
                   name_ + ": " + std::to_string(text.size()) + " bytes; at most 64 MiB are read"};
    return;
  }
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
  const auto parsed = document_.load_buffer(
      text.data(), text.size(), pugi::parse_default | pugi::parse_doctype, pugi::encoding_auto);
  if (!parsed) {
    const auto next =
        std::upper_bound(line_starts_.begin(), line_starts_.end(),
                         static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, parsed.offset)));
    error_ = Error{ErrorCode::InvalidInput,
                   name_ + ":" + std::to_string(next - line_starts_.begin()) +
                       ": no XML: " + parsed.description() + "; export the FMU anew"};
    return;
  }
  for (const auto node : document_.children()) {
    if (node.type() == pugi::node_doctype)
      fail(node, "a document type is refused, for it may define entities; FMI has none");
  }
}

int XmlDocument::line_of(pugi::xml_node node) const {
  const auto offset = node.offset_debug();
  if (offset < 0) return 0;
  return static_cast<int>(
      std::upper_bound(line_starts_.begin(), line_starts_.end(), static_cast<std::size_t>(offset)) -
      line_starts_.begin());
}

void XmlDocument::fail(pugi::xml_node node, std::string_view what, ErrorCode code) {
  if (error_) return;
  std::string message = name_ + ":" + std::to_string(line_of(node)) + ": ";
  if (*node.name() != '\0') {
    message += "<" + shortened(node.name());
    if (const auto label = node.attribute("name"))
      message += " name=\"" + shortened(label.value()) + "\"";
    message += ">: ";
  }
  error_ = Error{code, message + std::string(what)};
}

std::string XmlDocument::required(pugi::xml_node node, const char* attribute) {
  auto value = text(node, attribute);
  if (value.empty()) fail(node, std::string("attribute ") + attribute + " is missing or empty");
  return value;
}

bool XmlDocument::flag(pugi::xml_node node, const char* attribute, bool otherwise) {
  const auto found = node.attribute(attribute);
  if (!found) return otherwise;
  const auto value = text::trim(found.value());
  if (value == "true" || value == "1") return true;
  if (value != "false" && value != "0") {
    fail(node, std::string(attribute) + "=\"" + shortened(value) + "\" is neither true nor false");
  }
  return false;
}

std::optional<double> XmlDocument::number(pugi::xml_node node, const char* attribute) {
  const auto found = node.attribute(attribute);
  if (!found) return std::nullopt;
  const auto value = xml_double(found.value());
  if (!value) {
    fail(node, std::string(attribute) + "=\"" + shortened(found.value()) +
                   "\" is no number; write one such as 0.01");
  }
  return value;
}

std::optional<std::uint64_t> XmlDocument::whole(pugi::xml_node node, const char* attribute,
                                                std::uint64_t max) {
  const auto found = node.attribute(attribute);
  if (!found) return std::nullopt;
  const auto value = whole_text<std::uint64_t>(text::trim(found.value()));
  if (!value || *value > max) {
    fail(node, std::string(attribute) + "=\"" + shortened(found.value()) +
                   "\" is no whole number of 0 to " + std::to_string(max));
    return std::nullopt;
  }
  return value;
}

int XmlDocument::integer(pugi::xml_node node, const char* attribute) {
  const auto found = node.attribute(attribute);
  if (!found) return 0;
  const auto value = whole_text<int>(text::trim(found.value()));
  if (!value)
    fail(node, std::string(attribute) + "=\"" + shortened(found.value()) + "\" is no integer");
  return value.value_or(0);
}

std::optional<std::size_t> XmlDocument::choice(pugi::xml_node node, const char* attribute,
                                               const std::vector<std::string_view>& names) {
  const auto found = node.attribute(attribute);
  if (!found) return std::nullopt;
  const auto at = std::find(names.begin(), names.end(), std::string_view(found.value()));
  if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  std::string all;
  for (const auto name : names) all += (all.empty() ? "" : ", ") + std::string(name);
  fail(node, std::string(attribute) + "=\"" + shortened(found.value()) + "\" is none of " + all);
  return std::nullopt;
}

std::optional<std::vector<std::uint32_t>> XmlDocument::references(pugi::xml_node node,
                                                                  const char* attribute) {
  const auto found = node.attribute(attribute);
  if (!found) return std::nullopt;
  std::vector<std::uint32_t> values;
  for (const auto word : words(found.value())) {
    const auto value = whole_text<std::uint32_t>(word);
    if (!value) {
      fail(node, std::string(attribute) + ": \"" + shortened(word) + "\" is no whole number");
      return std::nullopt;
    }
    values.push_back(*value);
  }
  return values;
}

}  // namespace gemel::fmu::detail
