#pragma once
// A simulator of kind "fmu" or "ssp": its file, what is bound to it, and what of it is followed.

#include <vector>

#include "core/plant.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"

namespace gemel::spec {

/// Fills in description, signals, controls and parameters, and adds the signals that tell what is
/// followed; every trouble is reported where it stands. The FMU's own variables are looked up when
/// it is opened, not here. Returns the signals whose readings the FMU may expect.
std::vector<SignalId> build_fmu(Draft& draft, const Fields& fields, Location at,
                                SimulatorSpec& simulator);

}  // namespace gemel::spec
