#pragma once
// What is taken away in bulk, as openapi.yaml describes it.

#include <vector>

#include "api/detail/call.hpp"

namespace gemel::api {

/// getExport: a CSV or Parquet file. Limits: 1,000,000 rows, 128 MiB, one at a time.
HttpResponse get_export(const Call& call);

/// The records of getSamples: all up to `limit`, or thinned out as `downsample` and `points` say.
Result<std::vector<Record>> samples_of(const Call& call, SignalId signal, TimeRange range,
                                       Timestamp known_at);

}  // namespace gemel::api
