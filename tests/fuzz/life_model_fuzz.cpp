// Life models from anywhere: a clear refusal or a model that predicts finite numbers.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "inference/fingerprint.hpp"
#include "inference/life_model.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using gemel::inference::LifeModel;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  (void)LifeModel::decode(bytes, "as it is");
  // With a right checksum, so that what stands behind it is reached.
  gemel::inference::Fingerprint print;
  print.add(std::string_view(bytes));
  const auto model = LifeModel::decode(bytes + print.hex(), "sealed");
  if (!model || model->shape().sensors.size() > 64) return 0;
  gemel::inference::LifeRun run;
  run.settings.assign(20 * model->shape().settings.size(), 1.0);
  run.sensors.assign(20 * model->shape().sensors.size(), 1.0);
  const auto left = model->predict(run);
  if (!std::isfinite(left.mean) || left.values.empty()) std::abort();
  return 0;
}
