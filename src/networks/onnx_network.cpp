#include "networks/onnx_network.hpp"

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "networks/detail/onnx_runtime.hpp"

namespace gemel::networks {
namespace {

using namespace detail;

/// Something that the library made and takes back.
template <class T, void (*OnnxRuntime::*Release)(T*)>
class Owned {
 public:
  explicit Owned(const OnnxRuntime& runtime) : runtime_(&runtime) {}
  ~Owned() { reset(); }
  Owned(Owned&& other) noexcept
      : runtime_(other.runtime_), held_(std::exchange(other.held_, nullptr)) {}
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Owned& operator=(Owned&&) = delete;
  T* get() const { return held_; }
  T** fill() {
    reset();
    return &held_;
  }

 private:
  void reset() {
    if (held_ != nullptr) (runtime_->*Release)(std::exchange(held_, nullptr));
  }
  const OnnxRuntime* runtime_;
  T* held_ = nullptr;
};

using Options = Owned<OrtSessionOptions, &OnnxRuntime::ReleaseSessionOptions>;
using Session = Owned<OrtSession, &OnnxRuntime::ReleaseSession>;
using Memory = Owned<OrtMemoryInfo, &OnnxRuntime::ReleaseMemoryInfo>;
using Value = Owned<OrtValue, &OnnxRuntime::ReleaseValue>;
using TypeInfo = Owned<OrtTypeInfo, &OnnxRuntime::ReleaseTypeInfo>;

std::string in_words(const std::vector<std::int64_t>& sides) {
  std::string out;
  for (const auto side : sides)
    out += (out.empty() ? "" : "x") + (side < 0 ? std::string("?") : std::to_string(side));
  return out.empty() ? "one number" : out;
}

/// The file's sides, those that it leaves open taken from what is expected. Sides of one count for
/// nothing when the two are compared: an answer of 1 x 8 serves for 1 x 1 x 8.
Result<Shape> reconcile(const std::vector<std::int64_t>& sides, const Shape& expected,
                        const std::string& which) {
  const auto misfit = [&] {
    return Error{ErrorCode::InvalidInput, "the network's " + which + " is " + in_words(sides) +
                                              ", but " + to_string(expected) +
                                              " is what the card asks for"};
  };
  Shape shape;
  if (sides.size() == expected.size()) {
    for (std::size_t i = 0; i < sides.size(); ++i) {
      if (sides[i] >= 0 && static_cast<std::size_t>(sides[i]) != expected[i]) return misfit();
      shape.push_back(expected[i]);
    }
    return shape;
  }
  for (const auto side : sides) shape.push_back(side < 0 ? 1U : static_cast<std::size_t>(side));
  if (count(shape) != count(expected)) return misfit();
  return shape;
}

class OnnxNetwork final : public ServedNetwork {
 public:
  explicit OnnxNetwork(const OnnxRuntime& runtime)
      : runtime_(runtime), session_(runtime), in_(runtime), out_(runtime) {}

  Result<void> open(std::string_view bytes, const Shape& expected_input,
                    const Shape& expected_output) {
    GEMEL_TRY(open_session(bytes));
    GEMEL_TRY(look_at_names());
    GEMEL_ASSIGN(const auto in, sides_of(true));
    GEMEL_ASSIGN(const auto out, sides_of(false));
    GEMEL_ASSIGN(input_shape_, reconcile(in, expected_input, "input"));
    GEMEL_ASSIGN(output_shape_, reconcile(out, expected_output, "output"));
    GEMEL_TRY(bind(input_shape_, given_, in_));
    return bind(output_shape_, answered_, out_);
  }

  Result<void> answer(std::span<const float> window, std::span<float> out) override {
    GEMEL_CHECK(window.size() == given_.size() && out.size() == answered_.size());
    std::copy(window.begin(), window.end(), given_.begin());
    const std::array<const char*, 1> input_names{input_name_.c_str()};
    const std::array<const char*, 1> output_names{output_name_.c_str()};
    const std::array<const OrtValue*, 1> inputs{in_.get()};
    std::array<OrtValue*, 1> outputs{out_.get()};
    GEMEL_TRY(runtime_.check(runtime_.Run(session_.get(), nullptr, input_names.data(),
                                          inputs.data(), 1, output_names.data(), 1, outputs.data()),
                             "running the network"));
    GEMEL_TRY(check_numbers(answered_, "the network's answer"));
    std::copy(answered_.begin(), answered_.end(), out.begin());
    return {};
  }

  const Shape& input_shape() const override { return input_shape_; }
  const Shape& output_shape() const override { return output_shape_; }

 private:
  Result<void> open_session(std::string_view bytes) {
    Options options(runtime_);
    GEMEL_TRY(runtime_.check(runtime_.CreateSessionOptions(options.fill()), "session options"));
    // One thread: a step is shorter than it takes to wake another, and the twin's tick owns it.
    GEMEL_TRY(runtime_.check(runtime_.SetIntraOpNumThreads(options.get(), 1), "session options"));
    GEMEL_TRY(runtime_.check(runtime_.SetInterOpNumThreads(options.get(), 1), "session options"));
    GEMEL_TRY(runtime_.check(
        runtime_.SetSessionGraphOptimizationLevel(options.get(), kOrtAllOptimisations),
        "session options"));
    return runtime_.check(
        runtime_.CreateSessionFromArray(runtime_.environment, bytes.data(), bytes.size(),
                                        options.get(), session_.fill()),
        "loading the network");
  }

  Result<void> look_at_names() {
    std::size_t inputs = 0, outputs = 0;
    GEMEL_TRY(runtime_.check(runtime_.SessionGetInputCount(session_.get(), &inputs), "inputs"));
    GEMEL_TRY(runtime_.check(runtime_.SessionGetOutputCount(session_.get(), &outputs), "outputs"));
    if (inputs != 1 || outputs == 0)
      return {ErrorCode::InvalidInput, "the network has " + std::to_string(inputs) +
                                           " inputs and " + std::to_string(outputs) +
                                           " outputs; one input, the window, is what can be run"};
    OrtAllocator* allocator = nullptr;  // the library's own, never released
    GEMEL_TRY(runtime_.check(runtime_.GetAllocatorWithDefaultOptions(&allocator), "allocator"));
    const auto take = [&](auto ask, std::string& into) -> Result<void> {
      char* name = nullptr;
      GEMEL_TRY(runtime_.check(ask(session_.get(), 0, allocator, &name), "names"));
      into = name;
      return runtime_.check(runtime_.AllocatorFree(allocator, name), "names");
    };
    GEMEL_TRY(take(runtime_.SessionGetInputName, input_name_));
    return take(runtime_.SessionGetOutputName, output_name_);
  }

  Result<std::vector<std::int64_t>> sides_of(bool input) {
    const std::string which = input ? "input" : "output";
    TypeInfo info(runtime_);
    GEMEL_TRY(
        runtime_.check(input ? runtime_.SessionGetInputTypeInfo(session_.get(), 0, info.fill())
                             : runtime_.SessionGetOutputTypeInfo(session_.get(), 0, info.fill()),
                       "types"));
    const OrtTensorInfo* tensor = nullptr;  // part of `info`
    GEMEL_TRY(runtime_.check(runtime_.CastTypeInfoToTensorInfo(info.get(), &tensor), "types"));
    if (tensor == nullptr)
      return Error{ErrorCode::InvalidInput, "the network's " + which + " is no tensor"};
    int type = 0;
    std::size_t sides = 0;
    GEMEL_TRY(runtime_.check(runtime_.GetTensorElementType(tensor, &type), "types"));
    if (type != kOrtFloat)
      return Error{ErrorCode::InvalidInput, "the network's " + which + " has element type " +
                                                std::to_string(type) +
                                                " of ONNX; float, 1, is what can be used"};
    GEMEL_TRY(runtime_.check(runtime_.GetDimensionsCount(tensor, &sides), "types"));
    std::vector<std::int64_t> out(sides);
    GEMEL_TRY(runtime_.check(runtime_.GetDimensions(tensor, out.data(), sides), "types"));
    return out;
  }

  Result<void> bind(const Shape& shape, std::vector<float>& buffer, Value& value) {
    buffer.resize(count(shape));
    const std::vector<std::int64_t> sides(shape.begin(), shape.end());
    Memory memory(runtime_);
    GEMEL_TRY(runtime_.check(
        runtime_.CreateCpuMemoryInfo(kOrtArenaAllocator, kOrtDefaultMemory, memory.fill()),
        "memory"));
    return runtime_.check(runtime_.CreateTensorWithDataAsOrtValue(
                              memory.get(), buffer.data(), buffer.size() * sizeof(float),
                              sides.data(), sides.size(), kOrtFloat, value.fill()),
                          "tensors");
  }

  const OnnxRuntime& runtime_;
  Session session_;
  std::string input_name_, output_name_;
  Shape input_shape_, output_shape_;
  std::vector<float> given_, answered_;  // what in_ and out_ look at
  Value in_, out_;
};

}  // namespace

Result<void> check_numbers(std::span<const float> values, const std::string& whose) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i]))
      return {ErrorCode::Corruption,
              whose + " holds " + (std::isnan(values[i]) ? "NaN" : "infinity") + " at place " +
                  std::to_string(i) + " of " + std::to_string(values.size())};
  }
  return {};
}

Result<void> onnx_available() {
  const auto& runtime = onnx_runtime();
  if (!runtime) return runtime.error();
  return {};
}

Result<std::unique_ptr<ServedNetwork>> load_onnx(std::string_view bytes,
                                                 const Shape& expected_input,
                                                 const Shape& expected_output) {
  const auto& runtime = onnx_runtime();
  if (!runtime) return runtime.error();
  auto network = std::make_unique<OnnxNetwork>(*runtime);
  GEMEL_TRY(network->open(bytes, expected_input, expected_output));
  return std::unique_ptr<ServedNetwork>(std::move(network));
}

}  // namespace gemel::networks
