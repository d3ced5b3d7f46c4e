#include "process_flow/study.hpp"

#include <atomic>
#include <tuple>

#include "base/parallel.hpp"
#include "base/statistics.hpp"

namespace gemel::process_flow {

Result<StudyResult> study_flow(const Plan& plan, const StudySettings& settings) {
  if (settings.replications < 2) {
    return Error{ErrorCode::InvalidInput, "an interval needs at least two replications, not " +
                                              std::to_string(settings.replications)};
  }
  std::vector<RunResult> runs(settings.replications);
  std::atomic<std::uint64_t> done = 0;
  GEMEL_TRY(share_out(runs.size(), 1, [&](std::size_t first, std::size_t last) -> Result<void> {
    for (auto i = first; i < last; ++i) {
      if (settings.cancelled && settings.cancelled())
        return Error{ErrorCode::Cancelled,
                     "stopped after " + std::to_string(done) + " replications"};
      auto run = settings.run;
      run.replication = i;
      GEMEL_ASSIGN(runs[i], run_flow(plan, run));
      const auto now = ++done;
      if (settings.progress) settings.progress(now);
    }
    return {};
  }));
  StudyResult result;
  for (std::size_t k = 0; k < plan.indicators.size(); ++k) {
    Estimate estimate{.name = plan.indicators[k], .unit = plan.units[k]};
    for (const auto& run : runs) {
      if (run.indicators[k]) estimate.replications.push_back(*run.indicators[k]);
    }
    const auto& all = estimate.replications;
    if (all.size() < 2) continue;
    estimate.mean = mean_of(all);
    std::tie(estimate.low, estimate.high) = mean_interval(all, settings.confidence);
    result.indicators.push_back(std::move(estimate));
  }
  for (const auto& run : runs) {
    result.items += run.items;
    result.events += run.events;
    result.locked += run.locked ? 1 : 0;
  }
  return result;
}

}  // namespace gemel::process_flow
