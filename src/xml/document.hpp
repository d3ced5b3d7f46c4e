#pragma once
// An XML document that is read once, and the first thing that is wrong with it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gemel::xml {

/// An element of a document, or none. A handle to copy freely. Lifetime: that of its document.
class Element {
 public:
  Element() = default;
  explicit operator bool() const { return node_ != nullptr; }

  /// As written: "ssd:System", "Float64"; and without the prefix.
  std::string_view name() const;
  std::string_view local_name() const;
  /// What its prefix, or the default, stands for; empty where nothing says so.
  std::string_view name_space() const;

  /// The elements in it, in order: all, or those called `name` as written. No texts, no comments.
  std::vector<Element> children() const;
  std::vector<Element> children(std::string_view name) const;
  /// The first of these, or none.
  Element child(std::string_view name) const;

  std::optional<std::string_view> attribute(std::string_view name) const;
  /// The attributes' names as written.
  std::vector<std::string_view> attributes() const;

 private:
  friend class Document;
  explicit Element(void* node) : node_(node) {}
  void* node_ = nullptr;  // of the library
};

/// What is read from a document so that the reader need not ask after every attribute: the first
/// mistake is kept, and what could not be read is a default. Look at ok() at the end, and before
/// anything that relies on a value.
///
/// Limits: 64 MiB; a document type is refused, for it may define entities. Threads: its owner's.
class Document {
 public:
  /// `text` outlives the document; `name` stands in errors.
  Document(std::string_view text, std::string_view name);
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;
  ~Document();

  bool ok() const { return !error_; }
  const Error& error() const { return *error_; }
  const std::string& name() const { return name_; }
  Element root() const;
  int line_of(Element element) const;

  /// "modelDescription.xml:12: <Float64 name="x">: what". The first one stays.
  void fail(Element element, std::string_view what, ErrorCode code = ErrorCode::InvalidInput);

  /// Empty where the attribute is left out.
  std::string text(Element element, std::string_view attribute) const;
  std::string required(Element element, std::string_view attribute);
  bool flag(Element element, std::string_view attribute, bool otherwise);
  std::optional<double> number(Element element, std::string_view attribute);
  std::optional<std::uint64_t> whole(Element element, std::string_view attribute,
                                     std::uint64_t max);
  int integer(Element element, std::string_view attribute);
  /// Of the names, the one that the attribute holds; its place, or nothing where it is left out.
  std::optional<std::size_t> choice(Element element, std::string_view attribute,
                                    const std::vector<std::string_view>& names);
  /// Numbers that blanks separate. Nothing where the attribute is left out.
  std::optional<std::vector<std::uint32_t>> references(Element element, std::string_view attribute);

 private:
  struct Parsed;
  std::string_view source_;
  std::string name_;
  std::vector<std::size_t> line_starts_;
  std::unique_ptr<Parsed> parsed_;
  std::optional<Error> error_;
};

/// As XML Schema writes a double: also INF, -INF and NaN.
std::optional<double> number_of(std::string_view text);
/// The words between blanks.
std::vector<std::string_view> words(std::string_view text);

}  // namespace gemel::xml
