#pragma once
// The workload as line protocol, the form in which collectors send it.

#include <string>
#include <vector>

#include "core/sample.hpp"
#include "workload.hpp"

namespace gemel::bench {

/// Writes samples as narrow lines: `telemetry,site=s00,line=l0,asset=unit0001,sensor=flow_00
/// v=12.34 1767225600123`. Units: times in milliseconds since 1970.
class LineWriter {
 public:
  explicit LineWriter(std::uint32_t signals);
  void append(const Sample& sample, std::string& text) const;

 private:
  std::vector<std::string> heads_;  // of the signals, up to and with "v="
};

struct Bodies {
  std::vector<std::string> texts;
  std::uint64_t lines = 0;
};

/// The whole workload, so many lines a body; the last may have fewer.
Bodies bodies_of(const WorkloadOptions& options, std::size_t lines_a_body);

}  // namespace gemel::bench
