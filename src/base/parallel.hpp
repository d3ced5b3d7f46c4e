#pragma once
// One piece of work shared out among the processors.

#include <cstddef>
#include <functional>

#include "base/result.hpp"

namespace gemel {

/// Calls `work(first, last)` for even shares of 0 … count, of at least `least` each, on this thread
/// and on those of a pool that the process keeps, as soon as they are free: when they are not, this
/// thread does it all. Returns when all is done. Errors: that of the first share which failed.
/// Threads: any; `work` is called from several at once, and may itself share out.
Result<void> share_out(std::size_t count, std::size_t least,
                       const std::function<Result<void>(std::size_t, std::size_t)>& work);

}  // namespace gemel
