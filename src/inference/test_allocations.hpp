#pragma once
// Counts what a test program allocates. Link test_allocations.cpp into it.

#include <cstddef>

namespace gemel::inference::test {

/// Calls of operator new since the program began.
std::size_t allocations();

}  // namespace gemel::inference::test
