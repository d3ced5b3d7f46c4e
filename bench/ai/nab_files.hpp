#pragma once
// The Numenta benchmark's files, and those of them that TSB-AD took over.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace gemel::bench {

/// Rows begin … end - 1.
struct LabelledRows {
  std::size_t begin = 0, end = 0;
};

struct NabFile {
  std::string name;  // "realKnownCause/nyc_taxi.csv"
  std::vector<double> values;
  std::vector<LabelledRows> windows;
  Duration row_period;  // the median
};

/// Those below `folder`/nab. Errors: NotFound when there are none; Corruption naming the file.
Result<std::vector<NabFile>> read_nab(const std::string& folder);

/// A series as TSB-AD has it.
struct TsbSeries {
  std::string name;  // "006_NAB_id_6_Traffic_tr_2579_1st_5839.csv"
  std::vector<double> values{};
  std::vector<std::uint8_t> labels{};
  std::size_t train = 0;            // rows to learn from
  std::vector<double> published{};  // VUS-PR of each of TsbList::detectors
};

struct TsbList {
  std::vector<std::string> detectors;
  std::vector<TsbSeries> series;
};

/// The NAB series among `folder`/anchors/tsb_ad_u_vus_pr_per_file.csv that are one of `files` for
/// sure: the same length less the last row (or cut at 1,000 rows) and the same first labelled row.
/// A series with a single anomaly takes its length from the list, for TSB-AD moved some ends.
/// Errors: NotFound.
Result<TsbList> match_tsb(const std::string& folder, const std::vector<NabFile>& files);

}  // namespace gemel::bench
