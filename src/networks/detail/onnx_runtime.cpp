#include "networks/detail/onnx_runtime.hpp"

#include <filesystem>
#include <string>

#include <dlfcn.h>

#include "base/beside_program.hpp"

namespace gemel::networks::detail {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLibrary = "libonnxruntime.so";

/// What the library's one exported function gives.
struct ApiBase {
  const void* (*get_api)(std::uint32_t version);
  const char* (*get_version)();
};

Result<OnnxRuntime> open_at(const fs::path& place) {
  const auto unusable = [&](const std::string& why) {
    return Error{ErrorCode::Unsupported,
                 place.string() + " is no ONNX Runtime that can be used: " + why};
  };
  void* library = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = ::dlerror();
    return unusable(why ? why : "no reason given");
  }
  const auto base_of = reinterpret_cast<const ApiBase* (*)()>(::dlsym(library, "OrtGetApiBase"));
  if (base_of == nullptr) return unusable("it has no OrtGetApiBase");
  const ApiBase* base = base_of();
  const auto* table = static_cast<void* const*>(base->get_api(kOrtVersion));
  if (table == nullptr)
    return unusable(std::string("version ") + base->get_version() + " is older than 1.12");
  OnnxRuntime runtime;
  runtime.version = base->get_version();
#define GEMEL_ORT_FIND(place_, name, result, parameters) \
  runtime.name = reinterpret_cast<result(*) parameters>(table[place_]);
  GEMEL_ORT_FUNCTIONS(GEMEL_ORT_FIND)
#undef GEMEL_ORT_FIND
  GEMEL_TRY(runtime.check(runtime.CreateEnv(kOrtLogError, "gemel", &runtime.environment),
                          "starting ONNX Runtime"));
  return runtime;
}

Result<OnnxRuntime> look() {
  const auto place = find_library({kLibrary, "GEMEL_ONNXRUNTIME"});
  if (place) return open_at(*place);
  return {ErrorCode::Unsupported,
          "networks need ONNX Runtime: " + place.error().message +
              ". ./dev setup brings it; all other detectors work without it"};
}

}  // namespace

Result<void> OnnxRuntime::check(OrtStatus* status, const char* doing) const {
  if (status == nullptr) return {};
  std::string why = GetErrorMessage(status);
  ReleaseStatus(status);
  return {ErrorCode::InvalidInput, std::string(doing) + ": " + why};
}

const Result<OnnxRuntime>& onnx_runtime() {
  static const Result<OnnxRuntime> kFound = look();
  return kFound;
}

}  // namespace gemel::networks::detail
