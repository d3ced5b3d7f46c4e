// What ONNX Runtime makes of the files that we write.

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "networks/detail/onnx_runtime.hpp"
#include "networks/network.hpp"
#include "networks/onnx_graph.hpp"
#include "networks/onnx_network.hpp"

namespace gemel::networks {
namespace {

using ::testing::HasSubstr;

#define NEEDS_ONNX_RUNTIME() \
  if (!onnx_available()) GTEST_SKIP() << onnx_available().error().message

NetworkOptions some(NetworkKind kind, std::size_t horizon) {
  NetworkOptions options;
  options.kind = kind;
  options.signals = 3;
  options.rows = 24;
  options.horizon = horizon;
  options.width = 8;
  if (kind == NetworkKind::TimesNet) {
    options.periods = {12.0, 4.8};
    options.weights = {0.7, 0.3};
  }
  return options;
}

std::unique_ptr<Network> made(const NetworkOptions& options) {
  auto network = Network::make(options, 5);
  EXPECT_TRUE(network) << network.error().message;
  return std::move(network).value();
}

std::vector<float> some_window(const NetworkOptions& options, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> window(options.rows * options.signals);
  for (std::size_t i = 0; i < window.size(); ++i)
    window[i] = static_cast<float>(std::sin(0.2 * static_cast<double>(i)) + 0.3 * random.normal());
  return window;
}

std::vector<float> by_tape(const Network& network, const std::vector<float>& window) {
  Tape tape;
  const auto& o = network.options();
  const Var in = tape.input({1, o.rows, o.signals});
  const Var out = network.build(tape, in);
  std::ranges::copy(window, tape.fill(in).begin());
  tape.run(Mode::Judging);
  return {tape.value(out).begin(), tape.value(out).end()};
}

Result<std::unique_ptr<ServedNetwork>> served(const Network& network, bool int8 = false) {
  const auto& o = network.options();
  return load_onnx(network.to_onnx({.int8 = int8}), {1, o.rows, o.signals},
                   {1, network.rows_out(), o.signals});
}

struct Case {
  NetworkKind kind;
  std::size_t horizon;
};

class WrittenNetwork : public ::testing::TestWithParam<Case> {};

TEST_P(WrittenNetwork, SaysInOnnxRuntimeWhatItSaidOnTheTape) {
  NEEDS_ONNX_RUNTIME();
  const auto network = made(some(GetParam().kind, GetParam().horizon));
  const auto onnx = served(*network);
  ASSERT_TRUE(onnx) << onnx.error().message;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const auto window = some_window(network->options(), seed);
    const auto expected = by_tape(*network, window);
    std::vector<float> out(expected.size());
    const auto answered = (*onnx)->answer(window, out);
    ASSERT_TRUE(answered) << answered.error().message;
    for (std::size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out[i], expected[i], 1e-5) << i;
  }
}

TEST_P(WrittenNetwork, SaysAboutTheSameWithEightBitWeights) {
  NEEDS_ONNX_RUNTIME();
  const auto network = made(some(GetParam().kind, GetParam().horizon));
  const auto onnx = served(*network, true);
  ASSERT_TRUE(onnx) << onnx.error().message;
  const auto window = some_window(network->options(), 1);
  const auto expected = by_tape(*network, window);
  std::vector<float> out(expected.size());
  ASSERT_TRUE((*onnx)->answer(window, out));
  double off = 0.0, size = 0.0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    off += std::pow(out[i] - expected[i], 2);
    size += std::pow(expected[i], 2);
  }
  EXPECT_LT(std::sqrt(off / size), 0.05);
  EXPECT_GT(off, 0.0);  // or nothing was quantised
}

INSTANTIATE_TEST_SUITE_P(OfEachKind, WrittenNetwork,
                         ::testing::Values(Case{NetworkKind::LstmAutoencoder, 0},
                                           Case{NetworkKind::PatchTst, 6},
                                           Case{NetworkKind::PatchTst, 0},
                                           Case{NetworkKind::TimesNet, 5},
                                           Case{NetworkKind::TimesNet, 0},
                                           Case{NetworkKind::Mlp, 4}, Case{NetworkKind::Mlp, 0}),
                         [](const auto& param) {
                           return std::string(to_string(param.param.kind)) +
                                  (param.param.horizon > 0 ? "_ahead" : "_itself");
                         });

TEST(Network, IsTheSameForTheSameSeedOnly) {
  const auto options = some(NetworkKind::PatchTst, 6);
  EXPECT_EQ(made(options)->to_onnx(), made(options)->to_onnx());
  EXPECT_NE(made(options)->to_onnx(), (*Network::make(options, 6))->to_onnx());
}

TEST(Network, RefusesSizesThatDoNotFit) {
  auto options = some(NetworkKind::PatchTst, 6);
  options.width = 9;
  EXPECT_THAT(Network::make(options, 1).error().message, HasSubstr("can't be shared by 2 heads"));
  EXPECT_THAT(Network::make(some(NetworkKind::LstmAutoencoder, 3), 1).error().message,
              HasSubstr("reconstructs its window"));
}

/// One input, two operators, whatever sides are wished.
std::string tiny(const Shape& in, const Shape& out, std::string_view op) {
  OnnxGraph graph;
  graph.input("x", in);
  graph.output(graph.node(op, {"x"}), "y", out);
  return graph.finish("tiny", "1");
}

TEST(OnnxNetwork, TellsApartWhatDoesNotFitTheCard) {
  NEEDS_ONNX_RUNTIME();
  const auto loaded = load_onnx(tiny({1, 4, 2}, {1, 4, 2}, "Relu"), {1, 5, 2}, {1, 5, 2});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::InvalidInput);
  EXPECT_THAT(loaded.error().message, HasSubstr("the network's input is 1x4x2, but 1x5x2"));
}

TEST(OnnxNetwork, RefusesAnAnswerThatIsNoNumber) {
  NEEDS_ONNX_RUNTIME();
  const auto loaded = load_onnx(tiny({1, 2}, {1, 2}, "Log"), {1, 2}, {1, 2});
  ASSERT_TRUE(loaded) << loaded.error().message;
  std::vector<float> out(2);
  const std::vector<float> good{1.0F, 2.0F}, bad{1.0F, -2.0F};
  EXPECT_TRUE((*loaded)->answer(good, out));
  EXPECT_FLOAT_EQ(out[1], std::log(2.0F));
  const auto refused = (*loaded)->answer(bad, out);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("NaN at place 1 of 2"));
  EXPECT_TRUE((*loaded)->answer(good, out));  // and it goes on
}

TEST(OnnxNetwork, RefusesEveryTruncatedFile) {
  NEEDS_ONNX_RUNTIME();
  const auto whole = made(some(NetworkKind::Mlp, 4))->to_onnx();
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 60) {
    const auto loaded = load_onnx(std::string_view(whole).substr(0, size), {1, 24, 3}, {1, 4, 3});
    EXPECT_FALSE(loaded) << size;
  }
}

// Some of these end the process that loads them.
TEST(OnnxNetwork, SurvivesBrokenFilesByTryingThemInAChild) {
  NEEDS_ONNX_RUNTIME();
  const auto whole = made(some(NetworkKind::LstmAutoencoder, 0))->to_onnx();
  EXPECT_TRUE(try_onnx(whole, {1, 24, 3}, {1, 24, 3}));
  Random random(5);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    auto broken = whole;
    for (std::size_t k = 0; k < 1 + i % 4; ++k)
      broken[random.below(broken.size() / 4)] ^= static_cast<char>(1U << random.below(8));
    const auto tried = try_onnx(broken, {1, 24, 3}, {1, 24, 3});
    if (tried) continue;
    EXPECT_FALSE(tried.error().message.empty());
    ++refused;
  }
  EXPECT_GT(refused, 0u);
}

TEST(OnnxNetwork, RefusesTypesOtherThanFloat) {
  NEEDS_ONNX_RUNTIME();
  OnnxGraph graph;
  graph.input("x", {1, 2});
  graph.output(graph.node("Cast", {"x"}, {{"to", std::int64_t{7}}}), "y", {1, 2});
  EXPECT_FALSE(load_onnx(graph.finish("tiny", "1"), {1, 2}, {1, 2}));
}

/// A wrong place in the table of functions would show in one of these.
TEST(OnnxRuntime, HasEveryFunctionWhereWeLookForIt) {
  NEEDS_ONNX_RUNTIME();
  const auto& runtime = *detail::onnx_runtime();
  EXPECT_THAT(runtime.version, ::testing::MatchesRegex("1\\.[0-9]+\\.[0-9]+"));
#define EXPECT_THERE(place, name, result, parameters) EXPECT_NE(runtime.name, nullptr) << #name;
  GEMEL_ORT_FUNCTIONS(EXPECT_THERE)
#undef EXPECT_THERE
  const auto refused = load_onnx("nonsense", {1}, {1});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("loading the network"));
}

}  // namespace
}  // namespace gemel::networks
