#include "inference/life_model.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>

#include "base/check.hpp"
#include "inference/fingerprint.hpp"

namespace gemel::inference {
namespace {

constexpr std::string_view kMagic = "GEMELLIF";
constexpr std::uint64_t kVersion = 2;
constexpr std::size_t kChecksumBytes = 16;  // as hexadecimal digits
constexpr std::size_t kNamesMost = 10'000;

std::string checksum(std::string_view bytes) {
  Fingerprint print;
  print.add(bytes);
  return print.hex();
}

void put(ByteWriter& out, const std::vector<std::string>& names) {
  out.varint(names.size());
  for (const auto& name : names) out.text(name);
}

/// Linear between the values.
double at_level(const std::vector<double>& sorted, double level) {
  const double place = std::clamp(level, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::vector<std::string> take_names(ByteReader& in) {
  std::vector<std::string> names(std::min(in.count(), kNamesMost));
  for (auto& name : names) name = std::string(in.text());
  return names;
}

}  // namespace

std::pair<double, double> LifeLeft::shortest(double share) const {
  const auto wanted = std::ceil(share * static_cast<double>(values.size() + 1));
  const auto count = std::min(static_cast<std::size_t>(wanted), values.size());
  std::size_t best = 0;
  for (std::size_t from = 0; from + count <= values.size(); ++from) {
    if (values[from + count - 1] - values[from] < values[best + count - 1] - values[best])
      best = from;
  }
  return {values[best], values[best + count - 1]};
}

double LifeLeft::ends_before(double steps) const {
  const auto end = std::lower_bound(values.begin(), values.end(), steps);
  return static_cast<double>(end - values.begin()) / static_cast<double>(values.size());
}

double LifeLeft::median() const { return values[values.size() / 2]; }

LifeModel::LifeModel(LifeModelShape shape, OperatingConditions conditions,
                     std::shared_ptr<const LifeMethod> method, std::vector<HeldOut> held_out,
                     std::string about)
    : shape_(std::move(shape)),
      conditions_(std::move(conditions)),
      method_(std::move(method)),
      held_out_(std::move(held_out)),
      about_(std::move(about)) {
  GEMEL_CHECK(!held_out_.empty());
  std::ranges::stable_sort(held_out_, {}, &HeldOut::predicted);
}

std::string LifeModel::version() const { return checksum(encode()); }

std::vector<double> LifeModel::standardised(const OperatingConditions& conditions,
                                            const LifeModelShape& shape, const LifeRun& run) {
  const auto settings = shape.settings.size(), sensors = shape.sensors.size();
  const auto rows = run.sensors.size() / sensors, width = conditions.telling().size();
  std::vector<double> out(rows * width);
  for (std::size_t i = 0; i < rows; ++i) {
    conditions.standardise(std::span(run.settings).subspan(i * settings, settings),
                           std::span(run.sensors).subspan(i * sensors, sensors),
                           std::span(out).subspan(i * width, width));
  }
  return out;
}

LifeLeft LifeModel::predict(const LifeRun& run) const {
  const auto values = standardised(conditions_, shape_, run);
  const auto rows = run.sensors.size() / shape_.sensors.size();
  GEMEL_CHECK(rows >= kRowsLeast);
  const auto opinion = method_->of(values, conditions_.telling().size());
  const double mean = std::clamp(opinion.mean, 0.0, shape_.cap);
  LifeLeft left{mean, {}};
  const auto count =
      std::max<std::size_t>(held_out_.size() / 8, std::min<std::size_t>(100, held_out_.size()));
  const auto after = std::lower_bound(held_out_.begin(), held_out_.end(), mean,
                                      [](const HeldOut& p, double x) { return p.predicted < x; });
  auto from = static_cast<std::size_t>(after - held_out_.begin());
  from = std::min(from > count / 2 ? from - count / 2 : 0, held_out_.size() - count);
  for (auto i = from; i < from + count; ++i) {
    const double value = opinion.values.empty() ? mean + held_out_[i].truth - held_out_[i].predicted
                                                : at_level(opinion.values, held_out_[i].level);
    left.values.push_back(std::clamp(value, 0.0, shape_.cap));
  }
  std::ranges::sort(left.values);
  return left;
}

std::string LifeModel::encode() const {
  ByteWriter out;
  out.raw(kMagic);
  out.varint(kVersion);
  out.text(about_);
  put(out, shape_.settings);
  put(out, shape_.sensors);
  out.signed_varint(shape_.step.ns);
  out.fixed(shape_.cap);
  conditions_.encode(out);
  out.text(method_->name());
  method_->encode(out);
  out.varint(held_out_.size());
  for (const auto& pair : held_out_) {
    out.fixed(pair.predicted);
    out.fixed(pair.truth);
    out.fixed(pair.level);
  }
  out.raw(checksum(out.bytes()));
  return out.take();
}

Result<LifeModel> LifeModel::decode(std::string_view bytes, const std::string& name) {
  const auto broken = [&](const std::string& why) {
    return Error{ErrorCode::Corruption, name + ": " + why + "; train the model again"};
  };
  if (!bytes.starts_with(kMagic))
    return Error{ErrorCode::InvalidInput, name + " is no life model of `gemel life train`"};
  if (bytes.size() < kMagic.size() + kChecksumBytes) return broken("the file ends too soon");
  const auto body = bytes.substr(0, bytes.size() - kChecksumBytes);
  ByteReader in(body.substr(kMagic.size()));
  const auto version = in.varint();
  if (in.ok() && version != kVersion) {
    return Error{ErrorCode::Unsupported,
                 name + " is of version " + std::to_string(version) + ", this program reads " +
                     std::to_string(kVersion) +
                     (version > kVersion ? "; use a newer gemel" : "; train the model again")};
  }
  if (checksum(body) != bytes.substr(body.size())) return broken("its checksum is wrong");
  const auto about = std::string(in.text());
  LifeModelShape shape;
  shape.settings = take_names(in);
  shape.sensors = take_names(in);
  shape.step.ns = in.signed_varint();
  shape.cap = in.fixed<double>();
  auto conditions = OperatingConditions::decode(in);
  if (!conditions) return broken(conditions.error().message);
  auto method = decode_life_method(in.text(), in);
  if (!method && method.error().code == ErrorCode::Unsupported) return method.error().within(name);
  if (!method) return broken(method.error().message);
  std::vector<HeldOut> held_out(in.count(3 * sizeof(double)));
  bool sound = true;
  for (auto& pair : held_out) {
    pair.predicted = in.fixed<double>();
    pair.truth = in.fixed<double>();
    pair.level = in.fixed<double>();
    sound &= std::isfinite(pair.predicted) && std::isfinite(pair.truth) && pair.level >= 0.0 &&
             pair.level <= 1.0;
  }
  sound &= in.finished() && !held_out.empty() && shape.cap > 0.0 && std::isfinite(shape.cap) &&
           shape.step.ns >= 0 && !shape.sensors.empty();
  if (!sound) return broken("it does not hold together");
  if (!conditions->fits(shape.settings.size(), shape.sensors.size()) ||
      !(*method)->fits(conditions->telling().size()))
    return broken("its parts do not fit each other");
  return LifeModel(std::move(shape), std::move(*conditions), std::move(*method),
                   std::move(held_out), about);
}

Result<std::shared_ptr<const LifeModel>> load_life_model(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Error{ErrorCode::NotFound, path + " can't be read (" + std::strerror(errno) +
                                          "); train it with `gemel life train`"};
  }
  std::ostringstream bytes;
  bytes << in.rdbuf();
  GEMEL_ASSIGN(auto model, LifeModel::decode(bytes.str(), path));
  return std::make_shared<const LifeModel>(std::move(model));
}

Result<void> save_life_model(const LifeModel& model, const std::string& path) {
  const auto beside = path + ".part";
  const auto refuse = [&](const std::string& why) {
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    return Error{ErrorCode::Unavailable, path + " can't be written: " + why};
  };
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    if (!out) return refuse(std::strerror(errno));
    const auto bytes = model.encode();
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.flush();
    if (!out) return refuse(std::strerror(errno));
  }
  std::error_code failed;
  std::filesystem::rename(beside, path, failed);
  if (failed) return refuse(failed.message());
  return {};
}

}  // namespace gemel::inference
