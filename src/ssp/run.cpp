#include "ssp/run.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "fmu/variable_row.hpp"

namespace gemel::ssp {
namespace {

constexpr double kStepsByDefault = 500.0;
constexpr double kRowsMax = 1e9;

struct Plan {
  double start_s = 0.0, stop_s = 1.0, step_s = 0.002, output_s = 0.002;
};

Result<Plan> plan_of(const CoupledSystem& system, const RunOptions& options) {
  Plan plan;
  plan.start_s = options.start_s.value_or(system.start_s.value_or(0.0));
  plan.stop_s = options.stop_s.value_or(system.stop_s.value_or(plan.start_s + 1.0));
  if (!(plan.stop_s > plan.start_s)) {
    return Error{ErrorCode::InvalidInput, "the stop time " + text::number(plan.stop_s) +
                                              " s is not after the start, " +
                                              text::number(plan.start_s) + " s"};
  }
  const double length = plan.stop_s - plan.start_s;
  plan.step_s = options.step_s.value_or(options.output_s
                                            ? std::min(*options.output_s, length / kStepsByDefault)
                                            : length / kStepsByDefault);
  plan.output_s = options.output_s.value_or(plan.step_s);
  for (const double each : {plan.output_s, plan.step_s}) {
    if (!(each > 0.0) || length / each > kRowsMax) {
      return Error{ErrorCode::InvalidInput, "a step of " + text::number(each) +
                                                " s; it must be above zero and give at most "
                                                "1,000,000,000 of them"};
    }
  }
  return plan;
}

bool is_whole(double ratio) { return std::abs(ratio - std::round(ratio)) < 1e-6; }

/// Rows and the end fall on communication points where an FMU can't take other steps.
Result<void> check_grid(const CoupledSystem& system, const Plan& plan) {
  for (const auto& component : system.components) {
    if (component.fmu->description().co_simulation->variable_step) continue;
    for (const double each : {plan.output_s, plan.stop_s - plan.start_s}) {
      if (!is_whole(each / plan.step_s)) {
        return {ErrorCode::InvalidInput,
                component.name + " can't vary its step of " + text::number(plan.step_s) +
                    " s, so the interval between rows and the length of the run must be whole "
                    "numbers of steps; " +
                    text::number(each) + " s is none"};
      }
    }
  }
  return {};
}

/// What a column shows.
struct Column {
  std::string name;
  std::size_t component = 0;
  const fmu::Variable* variable = nullptr;
  std::optional<std::size_t> source;  // where the master knows it
  Linear transformation;
};

class Columns {
 public:
  static Result<Columns> make(const CoupledSystem& system, const std::vector<std::string>& names) {
    Columns made;
    if (names.empty()) {
      made.add_all(system);
    } else {
      for (const auto& name : names) GEMEL_TRY(made.add(system, name));
    }
    for (auto& column : made.columns_) {
      for (std::size_t s = 0; s < system.sources.size(); ++s) {
        const auto& source = system.sources[s];
        if (source.component == column.component && source.variable == column.variable)
          column.source = s;
      }
    }
    return made;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& each : columns_) all.push_back(each.name);
    return all;
  }

  Result<void> read(Master& master, std::vector<double>& row) const {
    row.clear();
    for (const auto& each : columns_) {
      double value = 0.0;
      if (each.source) {
        value = master.sources()[*each.source];
      } else {
        auto done =
            master.instance(each.component)
                .get_numbers(each.variable->type, {&each.variable->reference, 1}, {&value, 1});
        if (!done) return done.error().within(each.name);
      }
      row.push_back(each.transformation(value));
      if (!std::isfinite(row.back()))
        return {ErrorCode::InvalidInput,
                each.name + " is " + (std::isnan(value) ? "NaN" : "infinite") + " at t = " +
                    text::rounded(master.time(), 10) + " s; look at its parameters and inputs"};
    }
    return {};
  }

 private:
  void add_all(const CoupledSystem& system) {
    for (const auto& each : system.outputs)
      columns_.push_back({each.name, each.of.component, each.of.variable, {}, each.transformation});
    for (std::size_t c = 0; c < system.components.size(); ++c) {
      const auto& component = system.components[c];
      for (const auto* variable : component.fmu->description().with(fmu::Causality::Output)) {
        if (fmu::is_number(variable->type) && variable->dimensions.empty())
          columns_.push_back({component.name + "." + variable->name, c, variable, {}, {}});
      }
    }
  }

  Result<void> add(const CoupledSystem& system, const std::string& name) {
    for (const auto& each : system.outputs) {
      if (each.name != name) continue;
      columns_.push_back({name, each.of.component, each.of.variable, {}, each.transformation});
      return {};
    }
    std::vector<std::string> near;
    for (std::size_t c = 0; c < system.components.size(); ++c) {
      const auto& component = system.components[c];
      near.push_back(component.name);
      if (!name.starts_with(component.name + ".")) continue;
      const auto found = component.fmu->description().find(name.substr(component.name.size() + 1));
      if (!found) return found.error().within(name);
      if (!fmu::is_number((*found)->type) || !(*found)->dimensions.empty())
        return {ErrorCode::Unsupported, name + " is no single number to record; leave it out"};
      columns_.push_back({name, c, *found, {}, {}});
      return {};
    }
    for (const auto& each : system.outputs) near.push_back(each.name);
    return {ErrorCode::NotFound, "the system has no output and no component of '" + name + "'" +
                                     text::did_you_mean(name.substr(0, name.find('.')), near) +
                                     "; write component.variable, `gemel ssp info` lists them"};
  }

  std::vector<Column> columns_;
};

Result<void> check_start_values(const CoupledSystem& system, const MasterSettings& settings) {
  for (const auto& [name, value] : settings.start_values) {
    bool found = false;
    for (const auto& component : system.components) {
      if (!name.starts_with(component.name + ".")) continue;
      found = true;
      const auto variable =
          component.fmu->description().find(name.substr(component.name.size() + 1));
      if (!variable) return variable.error().within(name);
    }
    if (found) continue;
    std::vector<std::string> names;
    for (const auto& component : system.components) names.push_back(component.name);
    return {ErrorCode::NotFound, name + ": the system has no such component" +
                                     text::did_you_mean(name.substr(0, name.find('.')), names) +
                                     "; write component.variable=value"};
  }
  return {};
}

}  // namespace

Result<RunSummary> run(const CoupledSystem& system, const RunOptions& options, fmu::RowSink& sink,
                       std::stop_token stop) {
  GEMEL_ASSIGN(const auto plan, plan_of(system, options));
  GEMEL_TRY(check_grid(system, plan));
  GEMEL_TRY(check_start_values(system, options.master));
  GEMEL_ASSIGN(const auto columns, Columns::make(system, options.outputs));
  auto settings = options.master;
  settings.start_s = plan.start_s;
  settings.stop_s = plan.stop_s;
  settings.step_s = plan.step_s;
  GEMEL_ASSIGN(const auto master, Master::make(system, std::move(settings)));
  GEMEL_TRY(master->start());
  RunSummary summary;
  std::vector<double> row;
  const auto write = [&]() -> Result<void> {
    GEMEL_TRY(columns.read(*master, row));
    ++summary.rows;
    return sink.row(master->time(), row);
  };
  GEMEL_TRY(sink.columns(columns.names()));
  GEMEL_TRY(write());
  const auto rows =
      static_cast<std::uint64_t>(std::ceil((plan.stop_s - plan.start_s) / plan.output_s - 1e-9));
  for (std::uint64_t i = 1; i <= rows && !master->ended() && !summary.cancelled; ++i) {
    const double to_s =
        i == rows ? plan.stop_s : plan.start_s + static_cast<double>(i) * plan.output_s;
    GEMEL_TRY(master->advance(to_s, stop));
    summary.cancelled = stop.stop_requested();
    GEMEL_TRY(write());
    if (options.progress) options.progress(static_cast<double>(i) / static_cast<double>(rows));
  }
  summary.ended_at_s = master->time();
  summary.step_s = plan.step_s;
  summary.by_fmu = master->ended();
  summary.counts = master->counts();
  summary.notes = master->notes();
  GEMEL_TRY(master->terminate());
  for (std::size_t c = 0; c < system.components.size(); ++c) {
    for (auto& message : master->instance(c).take_log())
      summary.log.emplace_back(system.components[c].name, std::move(message));
  }
  return summary;
}

}  // namespace gemel::ssp
