#include "surrogates/network_ensemble.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Eigen/Dense>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "base/statistics.hpp"
#include "networks/adam.hpp"
#include "networks/ops.hpp"
#include "surrogates/detail/loops.hpp"

namespace gemel::surrogates {
namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Layer = NetworkEnsemble::Layer;

constexpr std::size_t kBatch = 64;
constexpr Eigen::Index kTogether = 128;  // predicted at once: what fits the cache
constexpr double kRate = 3e-3, kDecay = 1e-4;
constexpr double kLongest = 5.0;       // of a gradient
const float kWide = std::sqrt(12.0F);  // gives what is uniform in the unit cube a variance of 1

float centred(double input) { return kWide * static_cast<float>(input - 0.5); }

/// Experiments as networks take them. Shapes: row by row.
struct Table {
  std::size_t count = 0, inputs = 0, outputs = 0;
  std::vector<float> in, out;
};

/// One network on a tape, from beginning to end of its learning.
class Member {
 public:
  Member(const Table& table, std::vector<std::size_t> learnt, const NetworkEnsemble::Settings& how,
         std::uint64_t seed)
      : table_(table), learnt_(std::move(learnt)), random_(seed) {
    const std::size_t batch = std::min(kBatch, learnt_.size());
    const std::size_t sizes[] = {table.inputs, how.width, how.width, table.outputs};
    x_ = tape_.input({batch, table.inputs});
    networks::Var at = x_;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto name = std::to_string(i);
      const auto& weights =
          parameters_.weights(name + "_weights", {sizes[i], sizes[i + 1]}, random_);
      const auto& bias = parameters_.filled(name + "_bias", {sizes[i + 1]}, 0.0F);
      // On the tape in the set's order, which that of arguments would not be.
      const auto w = tape_.parameter(weights), b = tape_.parameter(bias);
      at = linear(tape_, at, w, b);
      if (i < 2) at = relu(tape_, at);
    }
    y_ = tape_.input({batch, table.outputs});
    loss_ = mean_squared_error(tape_, at, y_);
  }

  void learn(std::size_t steps) {
    networks::Adam adam(parameters_);
    std::vector<std::vector<float>> gradients(tape_.parameters());
    std::size_t next = learnt_.size();
    for (std::size_t step = 0; step < steps; ++step) {
      fill(next);
      tape_.run(networks::Mode::Learning);
      tape_.backward(loss_);
      double squares = 0.0;
      for (std::size_t i = 0; i < gradients.size(); ++i) {
        const auto one = tape_.gradient(i);
        gradients[i].assign(one.begin(), one.end());
        for (const float g : one) squares += static_cast<double>(g) * g;
      }
      if (const double length = std::sqrt(squares); length > kLongest) {
        for (auto& gradient : gradients) {
          for (float& g : gradient) g *= static_cast<float>(kLongest / length);
        }
      }
      // Down to nothing along a cosine: the last steps only settle.
      const double part = static_cast<double>(step) / static_cast<double>(steps);
      adam.step(gradients, kRate * 0.5 * (1.0 + std::cos(std::numbers::pi * part)), kDecay);
    }
  }

  std::vector<Layer> layers() const {
    std::vector<Layer> out;
    for (std::size_t i = 0; i < parameters_.size(); i += 2) {
      const auto& weights = parameters_[i].value;
      out.push_back(
          {weights.shape[0], weights.shape[1], weights.values, parameters_[i + 1].value.values});
    }
    return out;
  }

 private:
  /// The next experiments of an order that is drawn anew when it is through.
  void fill(std::size_t& next) {
    auto in = tape_.fill(x_).begin(), out = tape_.fill(y_).begin();
    const std::size_t batch = tape_.shape(x_)[0];
    for (std::size_t i = 0; i < batch; ++i) {
      if (next >= learnt_.size()) {
        for (std::size_t k = learnt_.size(); k > 1; --k)
          std::swap(learnt_[k - 1], learnt_[random_.below(k)]);
        next = 0;
      }
      const std::size_t row = learnt_[next++];
      in = std::copy_n(&table_.in[row * table_.inputs], table_.inputs, in);
      out = std::copy_n(&table_.out[row * table_.outputs], table_.outputs, out);
    }
  }

  const Table& table_;
  std::vector<std::size_t> learnt_;
  Random random_;
  networks::ParameterSet parameters_;
  networks::Tape tape_;
  networks::Var x_, y_, loss_;
};

/// What a network says. Shapes: in points × dimensions, centred; gives points × answers.
Rows said_by(const std::vector<Layer>& layers, const Rows& in) {
  Rows at = in;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& layer = layers[i];
    Rows next(at.rows(), static_cast<Eigen::Index>(layer.out));
    detail::loops().dense({static_cast<std::size_t>(at.rows()), layer.in, layer.out, at.data(),
                           layer.weights.data(), layer.bias.data(), i + 1 < layers.size(),
                           next.data()});
    at = std::move(next);
  }
  return at;
}

/// Mean and variance among what the members say of one point.
std::pair<double, double> among(const std::vector<Rows>& said, Eigen::Index point,
                                Eigen::Index answer) {
  double mean = 0.0, variance = 0.0;
  const auto members = static_cast<double>(said.size());
  for (const auto& one : said) mean += static_cast<double>(one(point, answer)) / members;
  for (const auto& one : said) {
    const double by = static_cast<double>(one(point, answer)) - mean;
    variance += by * by / (members - 1.0);
  }
  return {mean, variance};
}

}  // namespace

Result<NetworkEnsemble> NetworkEnsemble::fit(std::span<const double> inputs, std::size_t dimensions,
                                             std::span<const std::vector<double>> answers,
                                             const Settings& settings) {
  const std::size_t count = answers.empty() ? 0 : answers[0].size();
  const std::size_t members = std::max<std::size_t>(settings.members, 2);
  if (dimensions == 0 || inputs.size() != count * dimensions || count < 4 * members ||
      std::ranges::any_of(
          answers, [&](const auto& one) { return one.size() != count; }) ||
      (!settings.even.empty() &&
       (settings.even.size() != count || std::ranges::count(settings.even, true) < 2))) {
    return Error{ErrorCode::InvalidInput,
                 std::to_string(count) + " experiments of " + std::to_string(dimensions) +
                     " factors; " + std::to_string(members) + " networks learn from at least " +
                     std::to_string(4 * members)};
  }
  const auto finite = [](double x) { return std::isfinite(x); };
  if (!std::ranges::all_of(inputs, finite) || !std::ranges::all_of(answers, [&](const auto& one) {
        return std::ranges::all_of(one, finite);
      }))
    return Error{ErrorCode::InvalidInput, "an answer or its inputs are no finite numbers"};

  NetworkEnsemble made;
  made.dimensions_ = dimensions;
  Table table{count, dimensions, answers.size(), {}, std::vector<float>(count * answers.size())};
  for (const double each : inputs) table.in.push_back(centred(each));
  for (std::size_t k = 0; k < answers.size(); ++k) {
    Output output{.mean = mean_of(answers[k])};
    double squares = 0.0;
    for (const double each : answers[k]) squares += (each - output.mean) * (each - output.mean);
    output.scale = std::max(std::sqrt(squares / static_cast<double>(count)), 1e-150);
    for (std::size_t i = 0; i < count; ++i)
      table.out[i * answers.size() + k] =
          static_cast<float>((answers[k][i] - output.mean) / output.scale);
    made.outputs_.push_back(output);
  }

  Random random(settings.seed);
  std::vector<std::size_t> part(count);  // which member does not see it
  for (std::size_t i = 0; i < count; ++i) part[i] = i % members;
  for (std::size_t i = count; i > 1; --i) std::swap(part[i - 1], part[random.below(i)]);
  made.members_.resize(members);
  GEMEL_TRY(share_out(members, 1, [&](std::size_t first, std::size_t last) -> Result<void> {
    for (std::size_t m = first; m < last; ++m) {
      std::vector<std::size_t> learnt;
      for (std::size_t i = 0; i < count; ++i) {
        if (part[i] != m) learnt.push_back(i);
      }
      Member member(table, std::move(learnt), settings, settings.seed + 0x9e3779b9 * (m + 1));
      member.learn(settings.steps);
      made.members_[m] = member.layers();
    }
    return {};
  }));

  const Rows in = Eigen::Map<const Rows>(table.in.data(), static_cast<Eigen::Index>(count),
                                         static_cast<Eigen::Index>(dimensions));
  std::vector<Rows> said;
  for (const auto& member : made.members_) said.push_back(said_by(member, in));
  for (std::size_t k = 0; k < answers.size(); ++k) {
    auto& output = made.outputs_[k];
    std::vector<double> off, spreads;
    double squares = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!settings.even.empty() && !settings.even[i]) continue;
      const auto row = static_cast<Eigen::Index>(i), column = static_cast<Eigen::Index>(k);
      off.push_back(std::fabs(
          static_cast<double>(said[part[i]](row, column) - table.out[i * answers.size() + k])));
      spreads.push_back(among(said, row, column).second);
      squares += off.back() * off.back();
    }
    const auto n = static_cast<double>(off.size());
    if (!std::isfinite(squares))
      return Error{ErrorCode::Internal, "a network's learning ran away; the answers may be wild"};
    output.left_out_error = std::sqrt(squares / n) * output.scale;
    auto sorted = off;
    output.floor = std::max(quantile(sorted, 0.5), 1e-9);
    for (std::size_t i = 0; i < off.size(); ++i)
      off[i] /= std::sqrt(spreads[i] + output.floor * output.floor);
    output.stretch = quantile(off, std::min(1.0, 0.9 * (n + 1.0) / n)) / kNinety;
  }
  return made;
}

void NetworkEnsemble::predict(std::span<const double> inputs,
                              std::span<const std::span<Prediction>> out) const {
  const auto d = static_cast<Eigen::Index>(dimensions_);
  const auto points = static_cast<Eigen::Index>(inputs.size()) / d;
  std::vector<Rows> said(members_.size());
  for (Eigen::Index first = 0; first < points; first += kTogether) {
    const auto many = std::min(kTogether, points - first);
    Rows in(many, d);
    for (Eigen::Index i = 0; i < many * d; ++i)
      in.data()[i] = centred(inputs[static_cast<std::size_t>(first * d + i)]);
    for (std::size_t m = 0; m < members_.size(); ++m) said[m] = said_by(members_[m], in);
    for (std::size_t k = 0; k < outputs_.size(); ++k) {
      if (out[k].empty()) continue;
      const auto& output = outputs_[k];
      for (Eigen::Index i = 0; i < many; ++i) {
        const auto [mean, variance] = among(said, i, static_cast<Eigen::Index>(k));
        out[k][static_cast<std::size_t>(first + i)] = {
            output.mean + output.scale * mean,
            output.scale * output.stretch * std::sqrt(variance + output.floor * output.floor)};
      }
    }
  }
}

}  // namespace gemel::surrogates
