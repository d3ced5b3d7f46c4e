/* An FMU that does at the step after `at` seconds what its parameter `trouble` says. */
#define GUID "{troubled}"
#define STATES 1
#define INDICATORS 0
#define REALS 4 /* y der(y) at input */
#define INTEGERS 1 /* trouble */
#include "fmu/testing/models/fmi2_model.h"

#include <signal.h>

enum { NONE, CRASH, LEAVE, HANG, NAN_VALUE, REFUSE, DIE };

static void model_start(Model* m) {
  memset(&m->v, 0, sizeof m->v);
  m->v.r[2] = 0.5;
}
static void model_derivatives(Model* m) { m->v.r[1] = 1.0; }
static void model_indicators(Model* m, double* z) { (void)m; (void)z; }
static void model_event(Model* m, EventInfo* info) { (void)m; (void)info; }
static void say(Model* m, Status status, const char* what) {
  m->callbacks->logger(m->callbacks->environment, m->name, status, "logStatusError", "%s at t = %g", what, m->v.time);
}
static Status model_step(Model* m, double step) {
  m->v.r[0] += step;
  if (m->v.time < m->v.r[2]) return OK;
  switch (m->v.i[0]) {
    case CRASH: raise(SIGSEGV); break;
    case LEAVE: exit(7);
    case HANG: for (volatile int forever = 1; forever;) {} break;
    case NAN_VALUE: m->v.r[0] = NAN; break;
    case REFUSE: say(m, ERROR, "the pump cavitates"); return ERROR;
    case DIE: say(m, FATAL, "nothing works any more"); return FATAL;
    default: break;
  }
  return OK;
}
static double model_partial(Model* m, Reference u, Reference k) { (void)m; return u == k ? 1.0 : 0.0; }
