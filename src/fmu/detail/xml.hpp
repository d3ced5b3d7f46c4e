#pragma once
// An XML document that is read once, and the first thing that is wrong with it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "base/result.hpp"

namespace gemel::fmu::detail {

/// What is read from a document so that the reader need not ask after every attribute: the first
/// mistake is kept, and what could not be read is a default. Look at ok() at the end, and before
/// anything that relies on a value.
class XmlDocument {
 public:
  XmlDocument(std::string_view text, std::string_view name);

  bool ok() const { return !error_; }
  const Error& error() const { return *error_; }
  pugi::xml_node root() const { return document_.document_element(); }
  int line_of(pugi::xml_node node) const;

  /// "modelDescription.xml:12: <Float64>: what". The first one stays.
  void fail(pugi::xml_node node, std::string_view what, ErrorCode code = ErrorCode::InvalidInput);

  std::string text(pugi::xml_node node, const char* attribute) const {
    return node.attribute(attribute).value();
  }
  std::string required(pugi::xml_node node, const char* attribute);
  bool flag(pugi::xml_node node, const char* attribute, bool otherwise);
  std::optional<double> number(pugi::xml_node node, const char* attribute);
  std::optional<std::uint64_t> whole(pugi::xml_node node, const char* attribute, std::uint64_t max);
  int integer(pugi::xml_node node, const char* attribute);
  /// Of the names, the one that the attribute holds; its place, or nothing where it is left out.
  std::optional<std::size_t> choice(pugi::xml_node node, const char* attribute,
                                    const std::vector<std::string_view>& names);
  /// Numbers that blanks separate. Nothing where the attribute is left out.
  std::optional<std::vector<std::uint32_t>> references(pugi::xml_node node, const char* attribute);

 private:
  std::string_view source_;
  std::string name_;
  std::vector<std::size_t> line_starts_;
  pugi::xml_document document_;
  std::optional<Error> error_;
};

/// As XML Schema writes a double: also INF, -INF and NaN.
std::optional<double> xml_double(std::string_view text);
/// The words between blanks.
std::vector<std::string_view> words(std::string_view text);

}  // namespace gemel::fmu::detail
