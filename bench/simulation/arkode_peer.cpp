// The peer: SUNDIALS' ARKODE, as its manual says to use it for many like problems.

#include <chrono>

#include <arkode/arkode_erkstep.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_context.h>

#include "lorenz.hpp"

namespace gemel::bench {
namespace {

using Value = std::remove_pointer_t<decltype(N_VGetArrayPointer(nullptr))>;

int derivatives(Value, N_Vector x, N_Vector dx, void* rho) {
  const Value* const v = N_VGetArrayPointer(x);
  Value* const d = N_VGetArrayPointer(dx);
  d[0] = kSigma * (v[1] - v[0]);
  d[1] = v[0] * (*static_cast<double*>(rho) - v[2]) - v[1];
  d[2] = v[0] * v[1] - kBeta * v[2];
  return 0;
}

struct Freed {
  SUNContext context = nullptr;
  N_Vector x = nullptr;
  void* memory = nullptr;
  ~Freed() {
    if (memory != nullptr) ERKStepFree(&memory);
    if (x != nullptr) N_VDestroy(x);
    if (context != nullptr) SUNContext_Free(&context);
  }
};

}  // namespace

std::optional<ArkodeAnswer> lorenz_by_arkode(std::size_t count, double tolerance, bool order_8) {
  Freed sundials;
  if (SUNContext_Create({}, &sundials.context) != 0) return std::nullopt;
  sundials.x = N_VNew_Serial(3, sundials.context);
  if (sundials.x == nullptr) return std::nullopt;
  ArkodeAnswer answer;
  answer.ends.resize(count);
  double rho = 0.0;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    Value* const x = N_VGetArrayPointer(sundials.x);
    x[0] = 1.0;
    x[1] = x[2] = 0.0;
    rho = rho_of(i, count);
    if (sundials.memory == nullptr) {
      sundials.memory = ERKStepCreate(&derivatives, 0.0, sundials.x, sundials.context);
      if (sundials.memory == nullptr ||
          ERKStepSStolerances(sundials.memory, tolerance, tolerance) != 0 ||
          ERKStepSetTableNum(sundials.memory,
                             order_8 ? ARKODE_FEHLBERG_13_7_8 : ARKODE_DORMAND_PRINCE_7_4_5) != 0 ||
          ERKStepSetUserData(sundials.memory, &rho) != 0 ||
          ERKStepSetMaxNumSteps(sundials.memory, 100'000) != 0)
        return std::nullopt;
    } else if (ERKStepReInit(sundials.memory, &derivatives, 0.0, sundials.x) != 0) {
      return std::nullopt;
    }
    Value reached = 0.0;
    ERKStepSetStopTime(sundials.memory, 1.0);
    if (ERKStepEvolve(sundials.memory, 1.0, sundials.x, &reached, ARK_NORMAL) < 0)
      return std::nullopt;
    for (std::size_t k = 0; k < 3; ++k) answer.ends[i][k] = N_VGetArrayPointer(sundials.x)[k];
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  answer.seconds = took.count();
  return answer;
}

}  // namespace gemel::bench
