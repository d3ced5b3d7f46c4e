/* The skeleton of a small FMU of FMI 2.0, for tests and benchmarks. A model defines, before it includes this:
 *
 *   STATES, INDICATORS, REALS, INTEGERS   how many; the first STATES reals are the states, the next their derivatives
 *   GUID                                  as in its modelDescription.xml
 *   BEFORE_GET_REAL(m)                    what happens before values are read (nothing, if it is not there)
 *   and the functions model_* declared below.
 */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#ifndef BEFORE_GET_REAL
#define BEFORE_GET_REAL(m) (void)(m)
#endif
#define EXPORT __attribute__((visibility("default")))

typedef unsigned int Reference;
typedef enum { OK, WARNING, DISCARD, ERROR, FATAL, PENDING } Status;
typedef void (*Logger)(void* environment, const char* instance, Status, const char* category, const char* message, ...);
typedef struct {
  Logger logger;
  void* (*allocate)(size_t, size_t);
  void (*release)(void*);
  void (*step_finished)(void*, Status);
  void* environment;
} Callbacks;
typedef struct {
  int again, terminate, nominals_changed, values_changed, next_defined;
  double next;
} EventInfo;

typedef struct {
  double time;
  double r[REALS];
  int i[INTEGERS + 1];
} Values;

typedef struct {
  Values v;
  const Callbacks* callbacks;
  char name[64];
} Model;

static void model_start(Model*);
static void model_derivatives(Model*);              /* from time, states and inputs to r[STATES …] and outputs */
static void model_indicators(Model*, double* z);
static void model_event(Model*, EventInfo*);
static Status model_step(Model*, double step);      /* co-simulation */
static double model_partial(Model*, Reference unknown, Reference known);

EXPORT const char* fmi2GetTypesPlatform(void) { return "default"; }
EXPORT const char* fmi2GetVersion(void) { return "2.0"; }

EXPORT void* fmi2Instantiate(const char* name, int kind, const char* guid, const char* resources,
                             const Callbacks* callbacks, int visible, int logging) {
  (void)kind; (void)resources; (void)visible; (void)logging;
  if (strcmp(guid, GUID) != 0) {
    callbacks->logger(callbacks->environment, name, ERROR, "logStatusError", "the guid %s is not mine", guid);
    return NULL;
  }
  Model* m = callbacks->allocate(1, sizeof(Model));
  if (m == NULL) return NULL;
  m->callbacks = callbacks;
  strncpy(m->name, name, sizeof m->name - 1);
  model_start(m);
  return m;
}
EXPORT void fmi2FreeInstance(void* c) {
  if (c) ((Model*)c)->callbacks->release(c);
}
EXPORT Status fmi2SetDebugLogging(void* c, int on, size_t n, const char* const* categories) {
  (void)c; (void)on; (void)n; (void)categories;
  return OK;
}
EXPORT Status fmi2SetupExperiment(void* c, int tg, double tolerance, double start, int sg, double stop) {
  (void)tg; (void)tolerance; (void)sg; (void)stop;
  ((Model*)c)->v.time = start;
  return OK;
}
EXPORT Status fmi2EnterInitializationMode(void* c) { (void)c; return OK; }
EXPORT Status fmi2ExitInitializationMode(void* c) { model_derivatives(c); return OK; }
EXPORT Status fmi2Terminate(void* c) { (void)c; return OK; }
EXPORT Status fmi2Reset(void* c) { model_start(c); return OK; }

EXPORT Status fmi2GetReal(void* c, const Reference* vr, size_t n, double* values) {
  Model* m = c;
  BEFORE_GET_REAL(m);
  for (size_t k = 0; k < n; ++k) {
    if (vr[k] >= REALS) return ERROR;
    values[k] = m->v.r[vr[k]];
  }
  return OK;
}
EXPORT Status fmi2SetReal(void* c, const Reference* vr, size_t n, const double* values) {
  Model* m = c;
  for (size_t k = 0; k < n; ++k) {
    if (vr[k] >= REALS) return ERROR;
    m->v.r[vr[k]] = values[k];
  }
  return OK;
}
EXPORT Status fmi2GetInteger(void* c, const Reference* vr, size_t n, int* values) {
  for (size_t k = 0; k < n; ++k) {
    if (vr[k] >= INTEGERS) return ERROR;
    values[k] = ((Model*)c)->v.i[vr[k]];
  }
  return OK;
}
EXPORT Status fmi2SetInteger(void* c, const Reference* vr, size_t n, const int* values) {
  for (size_t k = 0; k < n; ++k) {
    if (vr[k] >= INTEGERS) return ERROR;
    ((Model*)c)->v.i[vr[k]] = values[k];
  }
  return OK;
}
EXPORT Status fmi2GetBoolean(void* c, const Reference* vr, size_t n, int* values) { return fmi2GetInteger(c, vr, n, values); }
EXPORT Status fmi2SetBoolean(void* c, const Reference* vr, size_t n, const int* values) { return fmi2SetInteger(c, vr, n, values); }
EXPORT Status fmi2GetString(void* c, const Reference* vr, size_t n, const char** values) {
  (void)vr;
  for (size_t k = 0; k < n; ++k) values[k] = ((Model*)c)->name;
  return OK;
}
EXPORT Status fmi2SetString(void* c, const Reference* vr, size_t n, const char* const* values) {
  (void)c; (void)vr; (void)n; (void)values;
  return ERROR;
}

EXPORT Status fmi2GetFMUstate(void* c, void** state) {
  if (*state == NULL) *state = malloc(sizeof(Values));
  if (*state == NULL) return ERROR;
  memcpy(*state, &((Model*)c)->v, sizeof(Values));
  return OK;
}
EXPORT Status fmi2SetFMUstate(void* c, void* state) {
  memcpy(&((Model*)c)->v, state, sizeof(Values));
  return OK;
}
EXPORT Status fmi2FreeFMUstate(void* c, void** state) {
  (void)c;
  free(*state);
  *state = NULL;
  return OK;
}
EXPORT Status fmi2SerializedFMUstateSize(void* c, void* state, size_t* size) {
  (void)c; (void)state;
  *size = sizeof(Values);
  return OK;
}
EXPORT Status fmi2SerializeFMUstate(void* c, void* state, char* bytes, size_t size) {
  (void)c;
  memcpy(bytes, state, size);
  return OK;
}
EXPORT Status fmi2DeSerializeFMUstate(void* c, const char* bytes, size_t size, void** state) {
  (void)c;
  if (size != sizeof(Values)) return ERROR;
  if (*state == NULL) *state = malloc(sizeof(Values));
  memcpy(*state, bytes, size);
  return OK;
}
EXPORT Status fmi2GetDirectionalDerivative(void* c, const Reference* u, size_t nu, const Reference* k, size_t nk,
                                           const double* seed, double* sensitivity) {
  for (size_t a = 0; a < nu; ++a) {
    sensitivity[a] = 0.0;
    for (size_t b = 0; b < nk; ++b) sensitivity[a] += model_partial(c, u[a], k[b]) * seed[b];
  }
  return OK;
}

EXPORT Status fmi2DoStep(void* c, double time, double step, int no_going_back) {
  (void)no_going_back;
  Model* m = c;
  m->v.time = time;
  const Status status = model_step(m, step);
  m->v.time = time + step;
  return status;
}

EXPORT Status fmi2EnterEventMode(void* c) { (void)c; return OK; }
EXPORT Status fmi2NewDiscreteStates(void* c, EventInfo* info) {
  memset(info, 0, sizeof *info);
  model_event(c, info);
  return OK;
}
EXPORT Status fmi2EnterContinuousTimeMode(void* c) { (void)c; return OK; }
EXPORT Status fmi2CompletedIntegratorStep(void* c, int no_going_back, int* event, int* terminate) {
  (void)c; (void)no_going_back;
  *event = *terminate = 0;
  return OK;
}
EXPORT Status fmi2SetTime(void* c, double time) { ((Model*)c)->v.time = time; return OK; }
EXPORT Status fmi2SetContinuousStates(void* c, const double* x, size_t n) {
  memcpy(((Model*)c)->v.r, x, n * sizeof *x);
  return OK;
}
EXPORT Status fmi2GetContinuousStates(void* c, double* x, size_t n) {
  memcpy(x, ((Model*)c)->v.r, n * sizeof *x);
  return OK;
}
EXPORT Status fmi2GetDerivatives(void* c, double* dx, size_t n) {
  model_derivatives(c);
  memcpy(dx, ((Model*)c)->v.r + STATES, n * sizeof *dx);
  return OK;
}
EXPORT Status fmi2GetEventIndicators(void* c, double* z, size_t n) {
  (void)n;
  model_indicators(c, z);
  return OK;
}
EXPORT Status fmi2GetNominalsOfContinuousStates(void* c, double* x, size_t n) {
  (void)c;
  for (size_t k = 0; k < n; ++k) x[k] = 1.0;
  return OK;
}
EXPORT Status fmi2GetStatus(void* c, int kind, Status* status) { (void)c; (void)kind; *status = OK; return OK; }
EXPORT Status fmi2GetRealStatus(void* c, int kind, double* value) { (void)kind; *value = ((Model*)c)->v.time; return OK; }
EXPORT Status fmi2GetBooleanStatus(void* c, int kind, int* value) { (void)c; (void)kind; *value = 0; return OK; }
EXPORT Status fmi2CancelStep(void* c) { (void)c; return ERROR; }
EXPORT Status fmi2SetRealInputDerivatives(void* c, const Reference* vr, size_t n, const int* o, const double* v) {
  (void)c; (void)vr; (void)n; (void)o; (void)v;
  return ERROR;
}
EXPORT Status fmi2GetRealOutputDerivatives(void* c, const Reference* vr, size_t n, const int* o, double* v) {
  (void)c; (void)vr; (void)n; (void)o; (void)v;
  return ERROR;
}
EXPORT Status fmi2GetIntegerStatus(void* c, int kind, int* v) { (void)c; (void)kind; (void)v; return DISCARD; }
EXPORT Status fmi2GetStringStatus(void* c, int kind, const char** v) { (void)c; (void)kind; (void)v; return DISCARD; }
