/* A ball that falls by g, bounces with restitution e, and counts. Its timer strikes every `period` seconds. */
#define GUID "{bouncing-ball}"
#define STATES 2
#define INDICATORS 1
#define REALS 8 /* h v der(h) der(v) g e period wind */
#define INTEGERS 2 /* bounces strikes */
#include "fmu/testing/models/fmi2_model.h"

static void model_start(Model* m) {
  const double start[REALS] = {1.0, 0.0, 0.0, 0.0, 9.81, 0.7, 0.25, 0.0};
  memset(&m->v, 0, sizeof m->v);
  memcpy(m->v.r, start, sizeof start);
}
static void model_derivatives(Model* m) {
  m->v.r[2] = m->v.r[1];
  m->v.r[3] = m->v.r[7] - m->v.r[4];
}
static void model_indicators(Model* m, double* z) { z[0] = m->v.r[0]; }
static void model_event(Model* m, EventInfo* info) {
  double* r = m->v.r;
  if (r[0] <= 0.0 && r[1] < 0.0) {
    r[0] = 0.0;
    r[1] = -r[5] * r[1];
    ++m->v.i[0];
    info->values_changed = 1;
  }
  if (m->v.time >= (m->v.i[1] + 1) * r[6] - 1e-9) ++m->v.i[1];
  info->next_defined = 1;
  info->next = (m->v.i[1] + 1) * r[6];
}
static Status model_step(Model* m, double step) { (void)m; (void)step; return ERROR; }
static double model_partial(Model* m, Reference u, Reference k) { (void)m; return u == k ? 1.0 : 0.0; }
