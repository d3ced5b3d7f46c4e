#pragma once
// A snapshot as bytes, always the same for equal snapshots: to compare byte for byte and to hash.

#include <string>

#include "core/snapshot.hpp"

namespace gemel::state {

/// Version 1: "GSNP", the version as a varint, then every member in the order of its declaration.
/// Integers are zigzag varints, doubles their eight bytes, texts and lists preceded by their
/// length. Not meant to be read back.
std::string encode(const Snapshot& snapshot);

}  // namespace gemel::state
