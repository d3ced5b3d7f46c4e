/* x0' = x1, x1' = mu (1 - x0²) x1 - x0.  Co-simulation by Euler steps of at most 0.01 s. */
#define GUID "{van-der-pol}"
#define STATES 2
#define INDICATORS 0
#define REALS 5 /* x0 x1 der(x0) der(x1) mu */
#define INTEGERS 0
#include "fmu/testing/models/fmi2_model.h"

static void model_start(Model* m) {
  memset(&m->v, 0, sizeof m->v);
  m->v.r[0] = 2.0;
  m->v.r[4] = 1.0;
}
static void model_derivatives(Model* m) {
  double* r = m->v.r;
  r[2] = r[1];
  r[3] = r[4] * (1.0 - r[0] * r[0]) * r[1] - r[0];
}
static void model_indicators(Model* m, double* z) { (void)m; (void)z; }
static void model_event(Model* m, EventInfo* info) { (void)m; (void)info; }
static Status model_step(Model* m, double step) {
  const int parts = (int)ceil(step / 0.01 - 1e-9);
  const double h = step / parts;
  for (int k = 0; k < parts; ++k) {
    model_derivatives(m);
    m->v.r[0] += h * m->v.r[2];
    m->v.r[1] += h * m->v.r[3];
  }
  return OK;
}
static double model_partial(Model* m, Reference unknown, Reference known) {
  const double* r = m->v.r;
  if (unknown == 2) return known == 1 ? 1.0 : 0.0;
  if (unknown == 3) {
    if (known == 0) return -2.0 * r[4] * r[0] * r[1] - 1.0;
    if (known == 1) return r[4] * (1.0 - r[0] * r[0]);
    if (known == 4) return (1.0 - r[0] * r[0]) * r[1];
  }
  return unknown == known ? 1.0 : 0.0;
}
