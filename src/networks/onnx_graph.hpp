#pragma once
// Builds an ONNX file: a graph of standard operators, written as protocol buffers by ourselves. The
// wire form that we need is four kinds of field; a library for it would be larger than this.
// Source: onnx.proto of ONNX 1.12 (IR version 8, operator set 17).

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "networks/tensor.hpp"

namespace gemel::networks {

struct OnnxAttribute {
  std::string name;
  std::variant<std::int64_t, float, std::vector<std::int64_t>, std::string> value;
};

enum class OnnxType : std::uint8_t {
  Float = 1,
  Uint8 = 2,
  Int8 = 3,
  Int32 = 6,
  Int64 = 7,
  Double = 11
};

class OnnxGraph {
 public:
  /// A side of an input or output that may be of any length.
  static constexpr std::size_t kOpen = 0;

  /// Names are made unique by the caller's choice of them: one a tensor.
  void input(const std::string& name, const Shape& shape);
  /// The result that goes by `from` inside leaves the graph as `name`.
  void output(const std::string& from, const std::string& name, const Shape& shape);

  /// A constant; written only if a node uses it. The name it goes by.
  std::string constant(const std::string& name, const Shape& shape, std::span<const float> values);
  std::string constant(const std::string& name, const Shape& shape,
                       std::span<const std::int64_t> values);
  std::string constant(const std::string& name, const Shape& shape,
                       std::span<const std::int8_t> values);
  std::string constant(const std::string& name, const Shape& shape, std::span<const double> values);
  std::string scalar(float value);

  /// An operator; the name of its first output. `domain` is empty for the standard ones.
  std::string node(std::string_view op, const std::vector<std::string>& inputs,
                   const std::vector<OnnxAttribute>& attributes = {}, std::string_view domain = {});
  /// The same with `outputs` results.
  std::vector<std::string> nodes(std::string_view op, const std::vector<std::string>& inputs,
                                 std::size_t outputs,
                                 const std::vector<OnnxAttribute>& attributes = {},
                                 std::string_view domain = {});

  /// A name that no other node has.
  std::string fresh(std::string_view stem);

  /// The bytes of an .onnx file.
  std::string finish(std::string_view name, std::string_view producer_version) const;

 private:
  struct Constant {
    std::string name;
    std::string message;
  };
  std::string add_constant(const std::string& name, const Shape& shape, OnnxType type,
                           std::string_view raw);

  std::vector<std::string> nodes_;
  std::vector<Constant> constants_;
  std::vector<std::string> inputs_, outputs_;
  std::set<std::string> used_, domains_;
  std::size_t next_ = 0;
};

}  // namespace gemel::networks
