// How fast an FMU is stepped, and a live state forked. The FMU is our VanDerPol of FMI 2.0: one
// step of Euler a communication step of 0.01 s, so that what is measured is the importer.

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <dlfcn.h>

#include "fmu/fmu.hpp"
#include "fmu/instance.hpp"
#include "fmu/testing/test_fmus.hpp"
#include "parts.hpp"

namespace gemel::bench {
namespace {

using Clock = std::chrono::steady_clock;
using fmu::Instance;
using fmu::Type;
using fmu::ValueReference;

constexpr double kStepS = 0.01;
constexpr int kForkSteps = 100;  // a second
constexpr ValueReference kOutputs[]{0, 1};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double resident_mib() {
  std::ifstream status("/proc/self/statm");
  double all = 0.0, resident = 0.0;
  status >> all >> resident;
  return resident * 4096.0 / (1 << 20);
}

std::size_t open_files() {
  std::size_t count = 0;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd"))
    count += !each.path().empty();
  return count;
}

Result<std::unique_ptr<Instance>> started(const fmu::Fmu& fmu,
                                          const fmu::InstanceOptions& options) {
  GEMEL_ASSIGN(auto instance, fmu.instantiate(options));
  GEMEL_TRY(instance->enter_initialisation({}));
  GEMEL_TRY(instance->exit_initialisation());
  return instance;
}

Result<double> step_and_get(Instance& instance, std::size_t count) {
  double values[2]{}, time_s = 0.0, sum = 0.0;
  const auto start = Clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    GEMEL_TRY(instance.do_step(time_s, kStepS));
    GEMEL_TRY(instance.get_numbers(Type::Float64, kOutputs, values));
    time_s += kStepS;
    sum += values[0];
  }
  const double rate = static_cast<double>(count) / seconds_since(start);
  if (sum == 0.5) std::printf(" ");  // so that nothing is left out
  return rate;
}

/// Back to a saved state, a second ahead, outputs read each step.
Result<double> fork(Instance& instance, std::size_t count) {
  fmu::SavedState live;
  GEMEL_TRY(instance.save(live));
  double values[2]{};
  const auto start = Clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    GEMEL_TRY(instance.restore(live));
    for (int k = 0; k < kForkSteps; ++k) {
      GEMEL_TRY(instance.do_step(k * kStepS, kStepS));
      GEMEL_TRY(instance.get_numbers(Type::Float64, kOutputs, values));
    }
  }
  return static_cast<double>(count) / seconds_since(start);
}

/// The same calls without an importer.
double raw(const fmu::Fmu& fmu, std::size_t count) {
  using Step = int (*)(void*, double, double, int);
  using Get = int (*)(void*, const unsigned*, std::size_t, double*);
  struct Callbacks {
    void (*logger)(void*, const char*, int, const char*, const char*, ...);
    void* (*allocate)(std::size_t, std::size_t);
    void (*release)(void*);
    void* finished;
    void* environment;
  };
  using Make = void* (*)(const char*, int, const char*, const char*, const Callbacks*, int, int);
  const auto path = fmu.library_path(fmu::Interface::CoSimulation);
  void* library = path ? ::dlopen(path->c_str(), RTLD_NOW) : nullptr;
  if (library == nullptr) return 0.0;
  const auto make = reinterpret_cast<Make>(::dlsym(library, "fmi2Instantiate"));
  const auto step = reinterpret_cast<Step>(::dlsym(library, "fmi2DoStep"));
  const auto get = reinterpret_cast<Get>(::dlsym(library, "fmi2GetReal"));
  const Callbacks callbacks{nullptr, std::calloc, std::free, nullptr, nullptr};
  void* component = make("raw", 1, fmu.description().token.c_str(), "", &callbacks, 0, 0);
  double values[2]{}, time_s = 0.0;
  const auto start = Clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    step(component, time_s, kStepS, 1);
    get(component, kOutputs, 2, values);
    time_s += kStepS;
  }
  const double rate = static_cast<double>(count) / seconds_since(start);
  std::free(component);
  (void)::dlclose(library);
  return rate;
}

Result<std::vector<Measurement>> measure(double scale) {
  const auto times = [scale](double count) { return static_cast<std::size_t>(count * scale) + 1; };
  const fmu::testing::TestFmus fmus;
  GEMEL_ASSIGN(const auto fmu, fmu::Fmu::load(fmus.make("van_der_pol")));
  GEMEL_ASSIGN(const auto instance, started(*fmu, {}));
  GEMEL_ASSIGN(const double steps, step_and_get(*instance, times(2e7)));
  const double bare = raw(*fmu, times(2e7));

  GEMEL_TRY(fork(*instance, 100));
  const double memory = resident_mib();
  const auto files = open_files();
  GEMEL_ASSIGN(const double forks, fork(*instance, times(1e5)));
  const double grown = resident_mib() - memory;
  const auto more_files = static_cast<double>(open_files()) - static_cast<double>(files);

  GEMEL_ASSIGN(const auto apart, started(*fmu, {.own_process = true}));
  GEMEL_ASSIGN(const double remote, step_and_get(*apart, times(5e4)));
  const std::string peer = "FMPy 0.3.30, on another machine";
  return std::vector<Measurement>{
      {"FMU of FMI 2.0: doStep + get", steps / 1e6, "M/s", "higher", peer, 0.51, 10.0},
      {"FMU: the same calls in plain C", bare / 1e6, "M/s", "higher", "", {}, {}},
      {"FMU: one-second forks from a live state", forks / 1e3, "k/s", "higher", peer, 0.745, 100.0},
      {"FMU: memory grown over these forks", grown, "MiB", "lower", "", {}, {}},
      {"FMU: open files more after these forks", more_files, "", "lower", "", {}, 0.0},
      {"FMU in a process of its own: doStep + get", remote / 1e3, "k/s", "higher", "", {}, {}},
  };
}

}  // namespace

std::vector<Measurement> measure_fmus(const Options& options) {
  const auto measured = measure(options.quick ? 0.1 : 1.0);
  if (measured) return *measured;
  std::fprintf(stderr, "FMUs: %s\n", measured.error().message.c_str());
  return {};
}

}  // namespace gemel::bench
