#pragma once
// What every history refuses, under this module's own name.

#include "core/history_requests.hpp"

namespace gemel::history::detail {

using gemel::check_buckets;
using gemel::check_events;
using gemel::check_later;
using gemel::check_signal;
using gemel::is_empty;
using gemel::just_past;
using gemel::no_frame;
using gemel::too_many;

}  // namespace gemel::history::detail
