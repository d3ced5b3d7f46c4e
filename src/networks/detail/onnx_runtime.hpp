#pragma once
// ONNX Runtime's C interface, as far as we use it. No Debian package and no package that setup may
// fetch holds its header, and we need 29 of its functions: so they are declared here.
//
// The library gives a table of function pointers to whoever names a version; the table only ever
// grows at its end (that is its promise, and what lets old programs run with new libraries), so a
// function's place in it is part of the binary interface. The places below are those of version 12
// (ONNX Runtime 1.12) and of all later ones; onnx_runtime_test tries each.

#include <cstddef>
#include <cstdint>

#include "base/result.hpp"

namespace gemel::networks::detail {

/// What the library owns; known by pointer only.
struct OrtStatus;
struct OrtEnv;
struct OrtSession;
struct OrtSessionOptions;
struct OrtRunOptions;
struct OrtValue;
struct OrtMemoryInfo;
struct OrtAllocator;
struct OrtTypeInfo;
struct OrtTensorInfo;

constexpr std::uint32_t kOrtVersion = 12;
constexpr int kOrtFloat = 1;     // element type
constexpr int kOrtLogError = 3;  // log level
constexpr int kOrtAllOptimisations = 99;
constexpr int kOrtArenaAllocator = 1, kOrtDefaultMemory = 0;

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a list that is read three times
/// F(place, name, result, parameters)
#define GEMEL_ORT_FUNCTIONS(F)                                                                     \
  F(2, GetErrorMessage, const char*, (const OrtStatus*))                                           \
  F(3, CreateEnv, OrtStatus*, (int level, const char* id, OrtEnv**))                               \
  F(8, CreateSessionFromArray, OrtStatus*,                                                         \
    (const OrtEnv*, const void* bytes, std::size_t size, const OrtSessionOptions*, OrtSession**))  \
  F(9, Run, OrtStatus*,                                                                            \
    (OrtSession*, const OrtRunOptions*, const char* const* input_names, const OrtValue* const*,    \
     std::size_t inputs, const char* const* output_names, std::size_t outputs, OrtValue**))        \
  F(10, CreateSessionOptions, OrtStatus*, (OrtSessionOptions**))                                   \
  F(23, SetSessionGraphOptimizationLevel, OrtStatus*, (OrtSessionOptions*, int))                   \
  F(24, SetIntraOpNumThreads, OrtStatus*, (OrtSessionOptions*, int))                               \
  F(25, SetInterOpNumThreads, OrtStatus*, (OrtSessionOptions*, int))                               \
  F(30, SessionGetInputCount, OrtStatus*, (const OrtSession*, std::size_t*))                       \
  F(31, SessionGetOutputCount, OrtStatus*, (const OrtSession*, std::size_t*))                      \
  F(33, SessionGetInputTypeInfo, OrtStatus*, (const OrtSession*, std::size_t, OrtTypeInfo**))      \
  F(34, SessionGetOutputTypeInfo, OrtStatus*, (const OrtSession*, std::size_t, OrtTypeInfo**))     \
  F(36, SessionGetInputName, OrtStatus*, (const OrtSession*, std::size_t, OrtAllocator*, char**))  \
  F(37, SessionGetOutputName, OrtStatus*, (const OrtSession*, std::size_t, OrtAllocator*, char**)) \
  F(49, CreateTensorWithDataAsOrtValue, OrtStatus*,                                                \
    (const OrtMemoryInfo*, void* data, std::size_t bytes, const std::int64_t* shape,               \
     std::size_t sides, int type, OrtValue**))                                                     \
  F(55, CastTypeInfoToTensorInfo, OrtStatus*, (const OrtTypeInfo*, const OrtTensorInfo**))         \
  F(60, GetTensorElementType, OrtStatus*, (const OrtTensorInfo*, int*))                            \
  F(61, GetDimensionsCount, OrtStatus*, (const OrtTensorInfo*, std::size_t*))                      \
  F(62, GetDimensions, OrtStatus*, (const OrtTensorInfo*, std::int64_t*, std::size_t))             \
  F(69, CreateCpuMemoryInfo, OrtStatus*, (int allocator, int memory, OrtMemoryInfo**))             \
  F(76, AllocatorFree, OrtStatus*, (OrtAllocator*, void*))                                         \
  F(78, GetAllocatorWithDefaultOptions, OrtStatus*, (OrtAllocator**))                              \
  F(92, ReleaseEnv, void, (OrtEnv*))                                                               \
  F(93, ReleaseStatus, void, (OrtStatus*))                                                         \
  F(94, ReleaseMemoryInfo, void, (OrtMemoryInfo*))                                                 \
  F(95, ReleaseSession, void, (OrtSession*))                                                       \
  F(96, ReleaseValue, void, (OrtValue*))                                                           \
  F(98, ReleaseTypeInfo, void, (OrtTypeInfo*))                                                     \
  F(100, ReleaseSessionOptions, void, (OrtSessionOptions*))

struct OnnxRuntime {
#define GEMEL_ORT_DECLARE(place, name, result, parameters) result(*name) parameters = nullptr;
  GEMEL_ORT_FUNCTIONS(GEMEL_ORT_DECLARE)
#undef GEMEL_ORT_DECLARE
  OrtEnv* environment = nullptr;  // one a process
  std::string version;            // "1.20.1"

  /// The library's own words, or success. Releases the status.
  Result<void> check(OrtStatus* status, const char* doing) const;
};
// NOLINTEND(cppcoreguidelines-macro-usage)

/// Opened when it is first needed, for the life of the process.
const Result<OnnxRuntime>& onnx_runtime();

}  // namespace gemel::networks::detail
