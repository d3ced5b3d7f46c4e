// The studies, in the order of the table.

#include "finding.hpp"

namespace gemel::bench {

Result<std::vector<Finding>> study_battery(const StudyOptions& options);
Result<std::vector<Finding>> study_cmapss(const StudyOptions& options);
Result<std::vector<Finding>> study_ett(const StudyOptions& options);
Result<std::vector<Finding>> study_ett_networks(const StudyOptions& options);
Result<std::vector<Finding>> study_gas_turbine(const StudyOptions& options);
Result<std::vector<Finding>> study_msl(const StudyOptions& options);
Result<std::vector<Finding>> study_nab(const StudyOptions& options);
Result<std::vector<Finding>> study_auto_speed(const StudyOptions& options);
Result<std::vector<Finding>> study_promise(const StudyOptions& options);
Result<std::vector<Finding>> study_wells(const StudyOptions& options);
Result<std::vector<Finding>> study_skab(const StudyOptions& options);
Result<std::vector<Finding>> study_speed(const StudyOptions& options);
Result<std::vector<Finding>> study_networks(const StudyOptions& options);
Result<std::vector<Finding>> study_tep(const StudyOptions& options);
Result<std::vector<Finding>> study_ucr(const StudyOptions& options);
Result<std::vector<Finding>> study_uci(const StudyOptions& options);

const std::vector<Study>& studies() {
  static const std::vector<Study> kStudies{
      {"cmapss", "C-MAPSS FD001 to FD004: remaining cycles of turbofans", study_cmapss},
      {"battery", "lithium-ion cells: the end of life by a particle filter", study_battery},
      {"tep", "Tennessee Eastman: faults found at 1 % false alarms", study_tep},
      {"turbine", "gas turbine: a soft sensor that adapts, and its drift alarm", study_gas_turbine},
      {"ett", "transformer temperatures, 96 hours ahead", study_ett},
      {"ucr", "UCR anomaly archive: one guess a series", study_ucr},
      {"msl", "Curiosity's telemetry: VUS-PR by channel", study_msl},
      {"nab", "Numenta's benchmark: its own score, and VUS-PR as in TSB-AD", study_nab},
      {"skab", "SKAB pump test bed: alarmed rows against labelled ones", study_skab},
      {"ett_networks", "the same by a network: minutes a seed", study_ett_networks},
      {"networks", "networks: time of a step, speed of training", study_networks},
      {"uci", "UCI regression: log-likelihood of predicted distributions", study_uci},
      {"wells", "3W: events of real offshore wells, and false alarms a day", study_wells},
      {"promise", "false alarms that come, beside those asked for", study_promise},
      {"auto_speed", "10,000 signals at 1 Hz under auto", study_auto_speed},
      {"speed", "points a second that one core scores", study_speed},
  };
  return kStudies;
}

}  // namespace gemel::bench
