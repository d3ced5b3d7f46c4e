#include <algorithm>

#include "process_flow/detail/run.hpp"

namespace gemel::process_flow::detail {
namespace {

void take_off_idle(StationRun& run, std::uint32_t m) {
  const auto found = std::find(run.idle.begin(), run.idle.end(), m);
  if (found != run.idle.end()) run.idle.erase(found);
}

}  // namespace

/// A machine as good as new: when will it fail?
void Run::new_life(std::uint32_t index, std::uint32_t m) {
  auto& run = stations_[index];
  if (!run.station->failures) return;
  set_life(index, m, 0.0, std::max(run.station->failures->uptime.draw(run.streams.failures), 0.0));
}

/// One that is `worn` and will fail after `rest` more.
void Run::set_life(std::uint32_t index, std::uint32_t m, double worn, double rest) {
  auto& run = stations_[index];
  auto& machine = run.machines[m];
  machine.life = worn + rest;
  machine.until_failure = rest;
  machine.renewed = now_ - worn;
  if (!run.station->failures->of_work)
    plan_event(now_ + rest, Happens::Fail, index, m, ++machine.failure_version);
}

double Run::worn(const StationRun& run, const Machine& machine) const {
  if (!run.station->failures) return 0.0;
  if (!run.station->failures->of_work) return now_ - machine.renewed;
  if (machine.state != State::Working) return machine.life - machine.until_failure;
  if (machine.fails != kNever) return machine.life - (machine.fails - now_);
  return machine.life - machine.until_failure - (machine.ends - now_);
}

void Run::fail(std::uint32_t index, std::uint32_t m, std::uint32_t version) {
  auto& run = stations_[index];
  auto& machine = run.machines[m];
  const auto& failures = *run.station->failures;
  if (version != (failures.of_work ? machine.version : machine.failure_version)) return;
  if (machine.state == State::Down) return;  // maintenance gives it a new life
  machine.work_left = machine.state == State::Working ? machine.ends - now_ : 0.0;
  machine.until_failure = 0.0;
  ++machine.version;
  ++run.failures;
  take_off_idle(run, m);
  set_state(run, machine, State::Down);
  call(plan_.failure_crews[index],
       {ElementKind::Station, index, m, std::max(failures.repair.draw(run.streams.repairs), 0.0)});
}

void Run::maintenance_due(std::uint32_t index, std::uint32_t m) {
  auto& run = stations_[index];
  auto& machine = run.machines[m];
  plan_event(now_ + run.station->maintenance->every, Happens::MaintenanceDue, index, m);
  machine.maintenance_due = true;
  if (machine.state != State::Idle) return;
  take_off_idle(run, m);
  maintain(index, m);
}

void Run::maintain(std::uint32_t index, std::uint32_t m) {
  auto& run = stations_[index];
  auto& machine = run.machines[m];
  machine.maintenance_due = false;
  machine.in_maintenance = true;
  ++run.maintenances;
  machine.work_left = 0.0;
  set_state(run, machine, State::Down);
  call(plan_.maintenance_crews[index],
       {ElementKind::Station, index, m, run.station->maintenance->duration});
}

void Run::call(std::uint32_t crew, const Job& job) {
  if (crew == kFlowUnlimited) return see_to(job);
  auto& run = crews_[crew];
  if (run.free == 0) return run.waiting.push_back(job);
  count_crew(run);
  --run.free;
  see_to(job);
}

void Run::see_to(const Job& job) {
  if (job.kind == ElementKind::Fleet) return wake(job.machine, job.duration);
  stations_[job.index].machines[job.machine].seen_to = now_;
  plan_event(now_ + job.duration, Happens::Repaired, job.index, job.machine);
}

void Run::release_crew(std::uint32_t crew) {
  if (crew == kFlowUnlimited) return;
  auto& run = crews_[crew];
  count_crew(run);
  ++run.free;
  if (run.waiting.empty()) return;
  const Job next = run.waiting.front();
  run.waiting.pop_front();
  call(crew, next);
}

void Run::repaired(std::uint32_t index, std::uint32_t m) {
  auto& run = stations_[index];
  auto& machine = run.machines[m];
  const auto crew =
      machine.in_maintenance ? plan_.maintenance_crews[index] : plan_.failure_crews[index];
  if (machine.in_maintenance) machine.maintained = now_;
  machine.in_maintenance = false;
  machine.seen_to = kNever;
  new_life(index, m);
  release_crew(crew);
  if (machine.load.count == 0) return ready(index, m);
  set_state(run, machine, machine.waits_for_room ? State::Blocked : State::Working);
  if (!machine.waits_for_room) work(index, m, machine.work_left);
}

}  // namespace gemel::process_flow::detail
