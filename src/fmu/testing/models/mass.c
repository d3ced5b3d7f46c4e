/* x' = v, m v' = force - k x - d v.  Co-simulation by Runge-Kutta steps of at most 1 ms. */
#define GUID "{mass}"
#define STATES 2
#define INDICATORS 0
#define REALS 8 /* x v der(x) der(v) force m k d */
#define INTEGERS 0
#include "fmu/testing/models/fmi2_model.h"

static void model_start(Model* m) {
  memset(&m->v, 0, sizeof m->v);
  m->v.r[5] = 1.0;
}
static void slope(const double* r, const double* state, double* to) {
  to[0] = state[1];
  to[1] = (r[4] - r[6] * state[0] - r[7] * state[1]) / r[5];
}
static void model_derivatives(Model* m) { slope(m->v.r, m->v.r, m->v.r + 2); }
static void model_indicators(Model* m, double* z) { (void)m; (void)z; }
static void model_event(Model* m, EventInfo* info) { (void)m; (void)info; }
static Status model_step(Model* m, double step) {
  double* r = m->v.r;
  const int parts = (int)ceil(step / 0.001 - 1e-9);
  const double h = step / parts;
  for (int i = 0; i < parts; ++i) {
    double k[4][2], at[2];
    slope(r, r, k[0]);
    for (int j = 1; j < 4; ++j) {
      const double share = j == 3 ? h : 0.5 * h;
      for (int n = 0; n < 2; ++n) at[n] = r[n] + share * k[j - 1][n];
      slope(r, at, k[j]);
    }
    for (int n = 0; n < 2; ++n) r[n] += h / 6.0 * (k[0][n] + 2.0 * k[1][n] + 2.0 * k[2][n] + k[3][n]);
  }
  return OK;
}
static double model_partial(Model* m, Reference unknown, Reference known) {
  (void)m;
  return unknown == known ? 1.0 : 0.0;
}
