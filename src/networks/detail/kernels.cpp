#include "networks/detail/kernels.hpp"

namespace gemel::networks::detail {

namespace plain {
extern const Kernels kKernels;
}
#ifdef GEMEL_WIDE_KERNELS
namespace wide {
extern const Kernels kKernels;
}
#endif

const Kernels& plain_kernels() { return plain::kKernels; }

const Kernels* wide_kernels() {
#ifdef GEMEL_WIDE_KERNELS
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &wide::kKernels;
#endif
  return nullptr;
}

const Kernels& kernels() {
  static const Kernels& kBest = wide_kernels() != nullptr ? *wide_kernels() : plain_kernels();
  return kBest;
}

}  // namespace gemel::networks::detail
