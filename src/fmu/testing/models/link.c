/* y = a u + b w + c u^3 + e, of this very moment.  Answers for new inputs at once, or, as many tools' FMUs do, only
 * after its next step (prompt = 0). */
#define GUID "{link}"
#define STATES 0
#define INDICATORS 0
#define REALS 7 /* y u w a b c e */
#define INTEGERS 1 /* prompt */
#define BEFORE_GET_REAL(m) \
  if ((m)->v.i[0] != 0) model_derivatives(m)
#include "fmu/testing/models/fmi2_model.h"

static void model_start(Model* m) {
  memset(&m->v, 0, sizeof m->v);
  m->v.r[3] = 1.0;
  m->v.i[0] = 1;
}
static void model_derivatives(Model* m) {
  double* r = m->v.r;
  r[0] = r[3] * r[1] + r[4] * r[2] + r[5] * r[1] * r[1] * r[1] + r[6];
}
static void model_indicators(Model* m, double* z) { (void)m; (void)z; }
static void model_event(Model* m, EventInfo* info) { (void)m; (void)info; }
static Status model_step(Model* m, double step) {
  (void)step;
  model_derivatives(m);
  return OK;
}
static double model_partial(Model* m, Reference unknown, Reference known) {
  const double* r = m->v.r;
  if (unknown != 0) return 0.0;
  if (known == 1) return r[3] + 3.0 * r[5] * r[1] * r[1];
  return known == 2 ? r[4] : 0.0;
}
