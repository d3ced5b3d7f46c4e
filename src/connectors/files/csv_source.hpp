#pragma once
// Samples from CSV files, in the order of their times, at a chosen speed.

#include <cstdint>
#include <memory>

#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/plant.hpp"
#include "core/sample_source.hpp"

namespace gemel::connectors::files {

/// The source `plant.sources[source_index]`, which must be a FileSource; its bindings name the
/// columns.
///
/// Opens every file and reads its header, so that a wrong name is known before anything runs. run()
/// merges the files by time and ends with link() Finished. An empty cell is no sample; text where a
/// number should be is a sample marked SensorFault.
///
/// Lifetime: `plant`, `clock` and `metrics` must outlive the source.
/// Errors:   NotFound (no such file or column, with the nearest name), InvalidInput (no header, no
/// time; with file,
///           line and column), Unavailable (can't be read).
Result<std::unique_ptr<SampleSource>> make_csv_source(const Plant& plant,
                                                      std::uint32_t source_index,
                                                      const Clock& clock,
                                                      metrics::Registry& metrics);

/// As above without a source in the twin file, for `gemel replay FILE…`: a column whose name is a
/// signal's path, or an ending that only one signal has, is that signal. Columns that are nobody's
/// are reported once and skipped. Errors: also NotFound when no column of any file is a signal's.
Result<std::unique_ptr<SampleSource>> make_csv_source(const Plant& plant, const FileSource& files,
                                                      const Clock& clock,
                                                      metrics::Registry& metrics);

}  // namespace gemel::connectors::files
