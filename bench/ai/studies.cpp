// The studies, in the order of the table.

#include "finding.hpp"

namespace gemel::bench {

Result<std::vector<Finding>> study_tep(const StudyOptions& options);

const std::vector<Study>& studies() {
  static const std::vector<Study> kStudies{
      {"tep", "Tennessee Eastman: faults found at 1 % false alarms", study_tep},
  };
  return kStudies;
}

}  // namespace gemel::bench
