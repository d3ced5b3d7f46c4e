/* FMI 3.0: y[n] = gain u[n]; a periodic input clock samples sum(u) into `held` and counts; a triggered output clock
 * ticks when `held` has changed. Co-simulation with event mode. One state, x' = u[0], by Euler. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
#define LENGTH 3

typedef uint32_t Reference;
typedef enum { OK, WARNING, DISCARD, ERROR, FATAL } Status;
typedef void (*LogMessage)(void* environment, Status, const char* category, const char* message);
enum { TIME, GAIN, U, Y, HELD, X, DER_X, COUNT, NAME, SAMPLE, CHANGED, BLOB, MODE };

typedef struct {
  double time, gain, u[LENGTH], held, x;
  int32_t count;
  bool sample, changed, event_mode;
} Model;

static Model* make(const char* token) {
  if (strcmp(token, "{sampler}") != 0) return NULL;
  Model* m = calloc(1, sizeof *m);
  m->gain = 2.0;
  return m;
}

EXPORT const char* fmi3GetVersion(void) { return "3.0"; }
EXPORT void* fmi3InstantiateCoSimulation(const char* name, const char* token, const char* resources, bool visible,
                                         bool logging, bool event_mode, bool early, const Reference* required, size_t n,
                                         void* environment, LogMessage log, void* update) {
  (void)name; (void)resources; (void)visible; (void)logging; (void)early; (void)required; (void)n; (void)update;
  Model* m = make(token);
  if (m == NULL) log(environment, ERROR, "logStatusError", "the token is not mine");
  if (m) m->event_mode = event_mode;
  return m;
}
EXPORT void fmi3FreeInstance(void* c) { free(c); }
EXPORT Status fmi3EnterInitializationMode(void* c, bool tg, double tolerance, double start, bool sg, double stop) {
  (void)tg; (void)tolerance; (void)sg; (void)stop;
  ((Model*)c)->time = start;
  return OK;
}
EXPORT Status fmi3ExitInitializationMode(void* c) { (void)c; return OK; }
EXPORT Status fmi3Terminate(void* c) { (void)c; return OK; }
EXPORT Status fmi3Reset(void* c) { memset(c, 0, sizeof(Model)); ((Model*)c)->gain = 2.0; return OK; }

EXPORT Status fmi3GetFloat64(void* c, const Reference* vr, size_t n, double* values, size_t nv) {
  Model* m = c;
  size_t at = 0;
  for (size_t k = 0; k < n; ++k) {
    if (at >= nv) return ERROR;
    switch (vr[k]) {
      case TIME: values[at++] = m->time; break;
      case GAIN: values[at++] = m->gain; break;
      case U: memcpy(values + at, m->u, sizeof m->u); at += LENGTH; break;
      case Y: for (int e = 0; e < LENGTH; ++e) values[at++] = m->gain * m->u[e]; break;
      case HELD: values[at++] = m->held; break;
      case X: values[at++] = m->x; break;
      case DER_X: values[at++] = m->u[0]; break;
      default: return ERROR;
    }
  }
  return at == nv ? OK : ERROR;
}
EXPORT Status fmi3SetFloat64(void* c, const Reference* vr, size_t n, const double* values, size_t nv) {
  Model* m = c;
  size_t at = 0;
  for (size_t k = 0; k < n; ++k) {
    if (at >= nv) return ERROR;
    if (vr[k] == GAIN) m->gain = values[at++];
    else if (vr[k] == U && at + LENGTH <= nv) { memcpy(m->u, values + at, sizeof m->u); at += LENGTH; }
    else return ERROR;
  }
  return OK;
}
EXPORT Status fmi3GetInt32(void* c, const Reference* vr, size_t n, int32_t* values, size_t nv) {
  (void)nv;
  for (size_t k = 0; k < n; ++k) {
    if (vr[k] != COUNT) return ERROR;
    values[k] = ((Model*)c)->count;
  }
  return OK;
}
EXPORT Status fmi3GetBoolean(void* c, const Reference* vr, size_t n, bool* values, size_t nv) {
  (void)nv;
  for (size_t k = 0; k < n; ++k) {
    if (vr[k] != MODE) return ERROR;
    values[k] = ((Model*)c)->event_mode;
  }
  return OK;
}
EXPORT Status fmi3GetString(void* c, const Reference* vr, size_t n, const char** values, size_t nv) {
  (void)c; (void)vr; (void)nv;
  for (size_t k = 0; k < n; ++k) values[k] = "sampler";
  return OK;
}
EXPORT Status fmi3GetBinary(void* c, const Reference* vr, size_t n, size_t* sizes, const uint8_t** values, size_t nv) {
  (void)c; (void)vr; (void)nv;
  static const uint8_t blob[3] = {0x00, 0xff, 0x07};
  for (size_t k = 0; k < n; ++k) { sizes[k] = sizeof blob; values[k] = blob; }
  return OK;
}
EXPORT Status fmi3GetClock(void* c, const Reference* vr, size_t n, bool* values) {
  Model* m = c;
  for (size_t k = 0; k < n; ++k) {
    if (vr[k] != CHANGED) return ERROR;
    values[k] = m->changed;
    m->changed = false;
  }
  return OK;
}
EXPORT Status fmi3SetClock(void* c, const Reference* vr, size_t n, const bool* values) {
  for (size_t k = 0; k < n; ++k) {
    if (vr[k] != SAMPLE) return ERROR;
    ((Model*)c)->sample = values[k];
  }
  return OK;
}
EXPORT Status fmi3EnterEventMode(void* c) { return ((Model*)c)->event_mode ? OK : ERROR; }
EXPORT Status fmi3EnterStepMode(void* c) { return ((Model*)c)->event_mode ? OK : ERROR; }
EXPORT Status fmi3UpdateDiscreteStates(void* c, bool* again, bool* terminate, bool* nominals, bool* values, bool* defined,
                                       double* next) {
  Model* m = c;
  *again = *terminate = *nominals = *values = *defined = false;
  *next = 0.0;
  if (m->sample) {
    const double sum = m->u[0] + m->u[1] + m->u[2];
    m->changed = sum != m->held;
    m->held = sum;
    ++m->count;
    m->sample = false;
  }
  return OK;
}
EXPORT Status fmi3DoStep(void* c, double time, double step, bool no_going_back, bool* event, bool* terminate, bool* early,
                         double* reached) {
  (void)no_going_back;
  Model* m = c;
  m->x += step * m->u[0];
  m->time = time + step;
  *event = *terminate = *early = false;
  *reached = m->time;
  return OK;
}
