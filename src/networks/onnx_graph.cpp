#include "networks/onnx_graph.hpp"

#include "base/bytes.hpp"

namespace gemel::networks {
namespace {

constexpr std::int64_t kIrVersion = 8, kOperatorSet = 17;

/// One message: fields in the order in which they are given.
class Message {
 public:
  Message& number(std::uint32_t field, std::int64_t value) {
    out_.varint(field << 3U);
    out_.varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  Message& real(std::uint32_t field, float value) {
    out_.varint((field << 3U) | 5U);
    out_.fixed(value);
    return *this;
  }
  Message& bytes(std::uint32_t field, std::string_view value) {
    out_.varint((field << 3U) | 2U);
    out_.text(value);
    return *this;
  }
  Message& message(std::uint32_t field, const Message& value) {
    return bytes(field, value.out_.bytes());
  }
  std::string done() const { return std::string(out_.bytes()); }

 private:
  ByteWriter out_;
};

/// TensorProto.
std::string tensor(const std::string& name, const Shape& shape, OnnxType type,
                   std::string_view raw) {
  Message out;
  for (const auto side : shape) out.number(1, static_cast<std::int64_t>(side));
  out.number(2, static_cast<std::int64_t>(type)).bytes(8, name).bytes(9, raw);
  return out.done();
}

/// ValueInfoProto of a tensor of floats.
std::string value_info(const std::string& name, const Shape& shape) {
  Message sides;
  for (const auto side : shape) {
    Message dimension;
    if (side == OnnxGraph::kOpen)
      dimension.bytes(2, "batch");
    else
      dimension.number(1, static_cast<std::int64_t>(side));
    sides.message(1, dimension);
  }
  Message of_tensor;
  of_tensor.number(1, static_cast<std::int64_t>(OnnxType::Float)).message(2, sides);
  return Message().bytes(1, name).message(2, Message().message(1, of_tensor)).done();
}

/// AttributeProto.
Message attribute(const OnnxAttribute& given) {
  constexpr std::int64_t kFloat = 1, kInt = 2, kString = 3, kInts = 7;
  Message out;
  out.bytes(1, given.name);
  if (const auto* whole = std::get_if<std::int64_t>(&given.value)) {
    out.number(3, *whole).number(20, kInt);
  } else if (const auto* real = std::get_if<float>(&given.value)) {
    out.real(2, *real).number(20, kFloat);
  } else if (const auto* text = std::get_if<std::string>(&given.value)) {
    out.bytes(4, *text).number(20, kString);
  } else {
    for (const auto n : std::get<std::vector<std::int64_t>>(given.value)) out.number(8, n);
    out.number(20, kInts);
  }
  return out;
}

template <class T>
std::string_view raw_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace

void OnnxGraph::input(const std::string& name, const Shape& shape) {
  inputs_.push_back(value_info(name, shape));
}

void OnnxGraph::output(const std::string& from, const std::string& name, const Shape& shape) {
  nodes_.push_back(
      Message().bytes(1, from).bytes(2, name).bytes(3, name).bytes(4, "Identity").done());
  used_.insert(from);
  outputs_.push_back(value_info(name, shape));
}

std::string OnnxGraph::add_constant(const std::string& name, const Shape& shape, OnnxType type,
                                    std::string_view raw) {
  constants_.push_back({name, tensor(name, shape, type, raw)});
  return name;
}

std::string OnnxGraph::constant(const std::string& name, const Shape& shape,
                                std::span<const double> values) {
  return add_constant(name, shape, OnnxType::Double, raw_of(values));
}
std::string OnnxGraph::constant(const std::string& name, const Shape& shape,
                                std::span<const float> values) {
  return add_constant(name, shape, OnnxType::Float, raw_of(values));
}

std::string OnnxGraph::constant(const std::string& name, const Shape& shape,
                                std::span<const std::int64_t> values) {
  return add_constant(name, shape, OnnxType::Int64, raw_of(values));
}

std::string OnnxGraph::constant(const std::string& name, const Shape& shape,
                                std::span<const std::int8_t> values) {
  return add_constant(name, shape, OnnxType::Int8, raw_of(values));
}

std::string OnnxGraph::scalar(float value) {
  return constant(fresh("number"), {}, std::span<const float>(&value, 1));
}

std::string OnnxGraph::fresh(std::string_view stem) {
  return std::string(stem) + "_" + std::to_string(next_++);
}

std::string OnnxGraph::node(std::string_view op, const std::vector<std::string>& inputs,
                            const std::vector<OnnxAttribute>& attributes, std::string_view domain) {
  return nodes(op, inputs, 1, attributes, domain).front();
}

std::vector<std::string> OnnxGraph::nodes(std::string_view op,
                                          const std::vector<std::string>& inputs,
                                          std::size_t outputs,
                                          const std::vector<OnnxAttribute>& attributes,
                                          std::string_view domain) {
  Message out;
  for (const auto& name : inputs) {
    out.bytes(1, name);
    used_.insert(name);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < outputs; ++i) {
    names.push_back(fresh(op));
    out.bytes(2, names.back());
  }
  out.bytes(3, names.front()).bytes(4, op);
  for (const auto& given : attributes) out.message(5, attribute(given));
  if (!domain.empty()) {
    out.bytes(7, domain);
    domains_.insert(std::string(domain));
  }
  nodes_.push_back(out.done());
  return names;
}

std::string OnnxGraph::finish(std::string_view name, std::string_view producer_version) const {
  Message graph;
  for (const auto& one : nodes_) graph.bytes(1, one);
  graph.bytes(2, name);
  for (const auto& one : constants_) {
    if (used_.contains(one.name)) graph.bytes(5, one.message);
  }
  for (const auto& one : inputs_) graph.bytes(11, one);
  for (const auto& one : outputs_) graph.bytes(12, one);

  Message file;
  file.number(1, kIrVersion).bytes(2, "gemel").bytes(3, producer_version).message(7, graph);
  file.message(8, Message().bytes(1, "").number(2, kOperatorSet));
  for (const auto& domain : domains_) file.message(8, Message().bytes(1, domain).number(2, 1));
  return file.done();
}

}  // namespace gemel::networks
