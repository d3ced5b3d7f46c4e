#include "surrogates/detail/loops.hpp"

namespace gemel::surrogates::detail {

namespace plain {
extern const Loops kLoops;
}
#ifdef GEMEL_WIDE_LOOPS
namespace wide {
extern const Loops kLoops;
}
#endif

const Loops& plain_loops() { return plain::kLoops; }

const Loops* wide_loops() {
#ifdef GEMEL_WIDE_LOOPS
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &wide::kLoops;
#endif
  return nullptr;
}

const Loops& loops() {
  static const Loops& kBest = wide_loops() != nullptr ? *wide_loops() : plain_loops();
  return kBest;
}

}  // namespace gemel::surrogates::detail
