#include "fmu/detail/ode_solver.hpp"

#include <algorithm>
#include <string>

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_config.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include "base/text.hpp"

namespace gemel::fmu::detail {
namespace {

constexpr std::size_t kStatesMax = 20'000;  // a dense matrix of them is 3 GB

/// SUNDIALS 7 says differently what it works with and where it complains.
int make_context(SUNContext* context) {
#if SUNDIALS_VERSION_MAJOR >= 7
  const int status = SUNContext_Create(SUN_COMM_NULL, context);
  if (status == 0) (void)SUNContext_ClearErrHandlers(*context);
  return status;
#else
  return SUNContext_Create(nullptr, context);
#endif
}

void silence(void* cvode) {
#if SUNDIALS_VERSION_MAJOR < 7
  (void)CVodeSetErrHandlerFn(cvode, [](int, const char*, const char*, char*, void*) {}, nullptr);
#else
  (void)cvode;
#endif
}

class Cvode final : public OdeSolver {
 public:
  explicit Cvode(OdeProblem problem) : problem_(std::move(problem)) {}

  ~Cvode() override {
    if (cvode_ != nullptr) CVodeFree(&cvode_);
    if (solver_ != nullptr) (void)SUNLinSolFree(solver_);
    if (matrix_ != nullptr) SUNMatDestroy(matrix_);
    for (N_Vector vector : {y_, tolerances_}) {
      if (vector != nullptr) N_VDestroy(vector);
    }
    if (context_ != nullptr) (void)SUNContext_Free(&context_);
  }

  bool build() {
    const auto n = static_cast<sunindextype>(problem_.states);
    if (make_context(&context_) != 0) return false;
    y_ = N_VNew_Serial(n, context_);
    tolerances_ = N_VNew_Serial(n, context_);
    matrix_ = SUNDenseMatrix(n, n, context_);
    if (!y_ || !tolerances_ || !matrix_) return false;
    solver_ = SUNLinSol_Dense(y_, matrix_, context_);
    cvode_ = CVodeCreate(CV_BDF, context_);
    return solver_ != nullptr && cvode_ != nullptr;
  }

  Result<void> restart(double t, std::span<const double> y,
                       std::span<const double> tolerances) override {
    std::copy(y.begin(), y.end(), NV_DATA_S(y_));
    std::copy(tolerances.begin(), tolerances.end(), NV_DATA_S(tolerances_));
    t_ = t;
    if (!started_) {
      started_ = true;
      return start();
    }
    GEMEL_TRY(judge(CVodeReInit(cvode_, t, y_), "starting anew"));
    return judge(CVodeSVtolerances(cvode_, problem_.tolerance_relative, tolerances_),
                 "setting tolerances");
  }

  Result<Found> step(double stop) override {
    GEMEL_TRY(judge(CVodeSetStopTime(cvode_, stop), "setting the stop time"));
    const int status = CVode(cvode_, stop, y_, &t_, CV_ONE_STEP);
    if (status == CV_ROOT_RETURN) return Found::Root;
    if (status == CV_SUCCESS || status == CV_TSTOP_RETURN) return Found::Step;
    GEMEL_TRY(judge(status, "integrating"));
    return Found::Step;
  }
  double time() const override { return t_; }
  std::span<const double> state() const override { return {NV_DATA_S(y_), problem_.states}; }

 private:
  Result<void> start() {
    GEMEL_TRY(judge(CVodeInit(cvode_, derivatives, t_, y_), "starting"));
    silence(cvode_);
    GEMEL_TRY(judge(CVodeSVtolerances(cvode_, problem_.tolerance_relative, tolerances_),
                    "setting tolerances"));
    GEMEL_TRY(judge(CVodeSetUserData(cvode_, this), "starting"));
    GEMEL_TRY(judge(CVodeSetLinearSolver(cvode_, solver_, matrix_), "starting"));
    if (problem_.jacobian) GEMEL_TRY(judge(CVodeSetJacFn(cvode_, jacobian), "starting"));
    if (problem_.roots > 0) {
      GEMEL_TRY(judge(CVodeRootInit(cvode_, static_cast<int>(problem_.roots), roots), "starting"));
      (void)CVodeSetNoInactiveRootWarn(cvode_);
    }
    if (problem_.step_max > 0.0)
      GEMEL_TRY(judge(CVodeSetMaxStep(cvode_, problem_.step_max), "starting"));
    return {};
  }

  Result<void> judge(int status, const char* doing) const {
    if (status >= 0) return {};
    char* name = CVodeGetReturnFlagName(status);
    Error error{ErrorCode::Unavailable,
                "CVODE fails in " + std::string(doing) + " at t = " + text::rounded(t_, 10) +
                    " s: " + (name ? name : std::to_string(status).c_str())};
    std::free(name);  // NOLINT(cppcoreguidelines-no-malloc): that is how SUNDIALS gives it
    return error;
  }

  static int derivatives(double t, N_Vector y, N_Vector out, void* self) {
    return static_cast<Cvode*>(self)->problem_.derivatives(t, NV_DATA_S(y), NV_DATA_S(out));
  }
  static int roots(double t, N_Vector y, double* out, void* self) {
    return static_cast<Cvode*>(self)->problem_.root_values(t, NV_DATA_S(y), out);
  }
  static int jacobian(double t, N_Vector y, N_Vector /*derivatives*/, SUNMatrix out, void* self,
                      N_Vector /*a*/, N_Vector /*b*/, N_Vector /*c*/) {
    return static_cast<Cvode*>(self)->problem_.jacobian(t, NV_DATA_S(y), SM_DATA_D(out));
  }

  const OdeProblem problem_;
  SUNContext context_ = nullptr;
  N_Vector y_ = nullptr, tolerances_ = nullptr;
  SUNMatrix matrix_ = nullptr;
  SUNLinearSolver solver_ = nullptr;
  void* cvode_ = nullptr;
  double t_ = 0.0;
  bool started_ = false;
};

}  // namespace

Result<std::unique_ptr<OdeSolver>> OdeSolver::make(OdeProblem problem) {
  if (problem.states > kStatesMax) {
    return Error{ErrorCode::Capacity, std::to_string(problem.states) + " states; at most " +
                                          std::to_string(kStatesMax) + " are solved"};
  }
  auto solver = std::make_unique<Cvode>(std::move(problem));
  if (!solver->build())
    return Error{ErrorCode::Capacity, "CVODE can't be set up; is there memory left?"};
  return std::unique_ptr<OdeSolver>(std::move(solver));
}

}  // namespace gemel::fmu::detail
