#include <algorithm>
#include <cmath>

#include "simulation/cells.hpp"
#include "simulation/fitted_station.hpp"
#include "simulation/training_table.hpp"

namespace gemel::simulation {
namespace {

constexpr double kToldShare = 0.05;  // how far we believe what we are told
constexpr double kRunningShare =
    0.2;  // of the median flow and speed: below, a pump counts as standing
constexpr double kTankShareMax = 0.3;
constexpr std::size_t kTankCells = 12;  // 2 minutes: the level moves by more than its noise
constexpr double kTrimSigmasMin = 5.0;
constexpr double kTrimMoveMin = 0.003;  // of the speed: less is noise
constexpr double kTrimResetMin = 1e-5;  // per second: slower is none

/// A told value, believed to kToldShare, or a guess.
Prior prior(std::optional<double> told, double guess, double guess_sd) {
  if (told) return {*told, kToldShare * *told};
  return {guess, guess_sd};
}

/// v[from], v[from + step] …
std::vector<double> every(std::size_t step, std::size_t from, const std::vector<double>& v) {
  std::vector<double> out;
  for (std::size_t i = from; i < v.size(); i += step) out.push_back(v[i]);
  return out;
}

Seen seen(std::vector<double> v) {
  const auto [low, high] = std::ranges::minmax(v);
  return {low, high, median(std::move(v))};
}

/// One stretch, one station: each step of the fit uses what those before it found.
class Fitter {
 public:
  Fitter(const Ports& ports, const Told& told, const Table& table)
      : ports_(ports), told_(told), table_(table) {
    out_.lines.resize(ports.lines.size());
  }

  Result<FittedStation> run(const Plant& plant) {
    out_.cells = table_.rows();
    out_.level_noise_m = table_.level_noise_m;
    out_.demand_noise = table_.demand_noise;
    for (std::size_t i = 0; i < out_.lines.size(); ++i) {
      look_at(i);
      if (!(out_.lines[i].flow.middle > 0.0) || !(out_.lines[i].speed.middle > 0.0)) {
        return Error{ErrorCode::Unavailable,
                     plant.signal(ports_.lines[i].flow).path +
                         " shows no flow in the stretch to learn from; choose one in which "
                         "every pump runs"};
      }
    }
    fit_strainers();
    fit_suction();
    for (std::size_t i = 0; i < out_.lines.size(); ++i) {
      fit_pump(i);
      fit_power(i);
      fit_trim(i);
    }
    fit_delivery();
    out_.demand = fit_wander(table_.demand, kCell);
    GEMEL_TRY(fit_tank(plant));
    return std::move(out_);
  }

 private:
  using LineRow = Table::LineRow;

  double nu(std::size_t i, const LineRow& row) const {
    return row.speed / out_.lines[i].rated_speed;
  }
  bool running(std::size_t i, const LineRow& row) const {
    return row.flow > kRunningShare * out_.lines[i].flow.middle &&
           row.speed > kRunningShare * out_.lines[i].speed.middle;
  }
  template <class Of>
  std::vector<double> of_line(std::size_t i, Of of) const {
    return table_.all([&](std::size_t r) { return of(table_.lines[r][i]); });
  }
  template <class Of>
  double typical(std::size_t i, Of of) const {
    std::vector<double> values;
    for (const auto& row : table_.lines) {
      if (running(i, row[i])) values.push_back(of(row[i]));
    }
    return median(std::move(values));
  }
  double valve_factor(std::size_t i, const LineRow& row) const {
    return std::pow(out_.lines[i].rangeability, 2.0 * (1.0 - row.valve));
  }

  bool all_run(std::size_t r) const {
    for (std::size_t i = 0; i < out_.lines.size(); ++i) {
      if (!running(i, table_.lines[r][i])) return false;
    }
    return true;
  }

  void look_at(std::size_t i) {
    auto& line = out_.lines[i];
    line.flow = seen(of_line(i, [](const LineRow& row) { return row.flow; }));
    line.speed = seen(of_line(i, [](const LineRow& row) { return row.speed; }));
    line.valve = seen(of_line(i, [](const LineRow& row) { return row.valve; }));
    line.rated_speed = told_.of_line("rated_speed", i).value_or(line.speed.middle);
    line.rangeability = told_.of_line("valve_rangeability", i).value_or(50.0);
    line.noise = table_.noise[i];
  }

  void fit_strainers() {
    for (std::size_t i = 0; i < out_.lines.size(); ++i) {
      if (!ports_.lines[i].strainer_dp.valid()) continue;
      const double guess =
          typical(i, [](const LineRow& row) { return row.strainer_m / (row.flow * row.flow); });
      Regression regression;
      regression.priors = {{guess, 10.0 * std::abs(guess) + 1.0}};
      for (const auto& row : table_.lines) {
        if (running(i, row[i])) regression.add({row[i].flow * row[i].flow}, row[i].strainer_m);
      }
      out_.lines[i].strainer = regress(regression).estimate;
    }
  }

  /// One intake head a line: it takes in what the gauges of a line have against each other.
  void fit_suction() {
    const auto n = out_.lines.size();
    out_.suction.value.resize(2 * n);
    out_.suction.root.assign(4 * n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      const double q2 = std::pow(out_.lines[i].flow.middle, 2);
      const double above =
          typical(i, [](const LineRow& row) { return row.suction_m + row.strainer_m; });
      Regression regression;
      regression.priors = {prior(told_.of_line("suction_resistance", i), 0.3 / q2, 0.3 / q2),
                           {above + 0.3, 2.0}};
      for (const auto& row : table_.lines) {
        if (!running(i, row[i])) continue;
        regression.add({-row[i].flow * row[i].flow, 1.0}, row[i].suction_m + row[i].strainer_m);
      }
      const auto fitted = regress(regression);
      out_.lines[i].intake = fit_wander(fitted.residuals, kCell);
      const auto place = [&](std::size_t p) { return p == 0 ? i : n + i; };
      for (std::size_t p = 0; p < 2; ++p) {
        out_.suction.value[place(p)] = fitted.estimate.value[p];
        // Each line's two parameters share two columns of the root that are theirs alone.
        for (std::size_t q = 0; q < 2; ++q) {
          out_.suction.root[place(p) * 2 * n + place(q)] = fitted.estimate.root[p * 2 + q];
        }
      }
    }
  }

  void fit_pump(std::size_t i) {
    const double q2 = std::pow(out_.lines[i].flow.middle, 2);
    const double nu2 = std::pow(out_.lines[i].speed.middle / out_.lines[i].rated_speed, 2);
    const double head =
        typical(i, [](const LineRow& row) { return row.discharge_m - row.suction_m; });
    Regression regression;
    // A radial pump gives up about a sixth of its shut-off head at the best point (Gülich 4.1).
    regression.priors = {
        prior(told_.of_line("shutoff_head", i), 1.18 * head / nu2, 0.12 * head / nu2),
        prior(told_.of_line("droop", i), 0.18 * head / q2, 0.12 * head / q2)};
    for (const auto& row : table_.lines) {
      if (!running(i, row[i])) continue;
      const double ratio = nu(i, row[i]);
      regression.add({ratio * ratio, -row[i].flow * row[i].flow},
                     row[i].discharge_m - row[i].suction_m);
    }
    const auto fitted = regress(regression);
    out_.lines[i].pump = fitted.estimate;
    out_.lines[i].head = fit_wander(fitted.residuals, kCell);
  }

  /// With η = a x − b x² the power is ρ g H ν / (a − b Q/ν), so ρ g H ν / P is linear in a and b.
  void fit_power(std::size_t i) {
    auto& line = out_.lines[i];
    const double pascals_per_m = out_.density * kGravity_m_s2;
    const double usual = line.flow.middle * line.rated_speed / line.speed.middle;  // Q/ν
    const double eta = typical(i, [&](const LineRow& row) {
      return pascals_per_m * row.flow * (row.discharge_m - row.suction_m) / row.power_w;
    });
    const double best_flow = told_.of_line("best_flow", i).value_or(usual);
    const double best = told_.of_line("best_efficiency", i).value_or(eta);
    const bool told = told_.of_line("best_flow", i) && told_.of_line("best_efficiency", i);
    const double share = told ? 2.0 * kToldShare : 0.3;
    Regression regression;
    regression.priors = {{2.0 * best / best_flow, share * 2.0 * best / best_flow},
                         {best / (best_flow * best_flow), share * best / (best_flow * best_flow)}};
    for (const auto& row : table_.lines) {
      if (!running(i, row[i]) || row[i].power_w <= 0.0) continue;
      const double ratio = nu(i, row[i]);
      const double head = row[i].discharge_m - row[i].suction_m;
      regression.add({1.0, -row[i].flow / ratio}, pascals_per_m * head * ratio / row[i].power_w);
    }
    const auto fitted = regress(regression);
    line.power = fitted.estimate;
    auto relative = fitted.residuals;
    for (std::size_t r = 0; r < relative.size(); ++r) relative[r] /= regression.y[r];
    line.power_share = fit_wander(relative, kCell);
  }

  /// Behind the pumps all lines are one equation system: they share the riser.
  void fit_delivery() {
    const auto n = out_.lines.size();
    std::vector<double> above;
    for (std::size_t r = 0; r < table_.rows(); ++r)
      above.push_back(table_.lines[r][0].discharge_m - table_.level_m[r]);
    const double head = std::max(median(above), 1.0);
    const double total2 =
        std::pow(median(table_.all([&](std::size_t r) { return table_.total_flow(r); })), 2);
    Regression regression;
    regression.rows_a_moment = n;
    regression.priors = {
        prior(told_.of_plant("static_head"), 0.8 * head, 0.2 * head),
        prior(told_.of_plant("riser_resistance"), 0.06 * head / total2, 0.06 * head / total2)};
    for (std::size_t i = 0; i < n; ++i) {
      const double q2 = std::pow(out_.lines[i].flow.middle, 2);
      regression.priors.push_back(
          prior(told_.of_line("pipe_resistance", i), 0.02 * head / q2, 0.03 * head / q2));
    }
    for (std::size_t i = 0; i < n; ++i) {
      // A control valve is sized to take most of what a line loses (an authority above one half).
      const double lost = 0.1 * head / std::pow(out_.lines[i].flow.middle, 2);
      const double factor =
          std::pow(out_.lines[i].rangeability, 2.0 * (1.0 - out_.lines[i].valve.middle));
      const bool none = !ports_.lines[i].valve.valid();
      const Prior valve =
          none ? Prior{0.0, 1e-9 * lost}
               : prior(told_.of_line("valve_resistance", i), lost / factor, lost / factor);
      regression.priors.push_back(valve);
    }
    for (std::size_t r = 0; r < table_.rows(); ++r) {
      if (all_run(r)) add_delivery(regression, r);
    }
    const auto fitted = regress(regression);
    out_.delivery = fitted.estimate;
    for (std::size_t i = 0; i < n; ++i)
      out_.lines[i].delivery = fit_wander(every(n, i, fitted.residuals), kCell);
  }

  void add_delivery(Regression& regression, std::size_t r) const {
    const auto n = out_.lines.size();
    const double total = table_.total_flow(r);
    for (std::size_t i = 0; i < n; ++i) {
      const auto& row = table_.lines[r][i];
      const auto first = regression.x.size();
      regression.x.resize(first + 2 + 2 * n, 0.0);
      regression.x[first] = 1.0;
      regression.x[first + 1] = total * total;
      regression.x[first + 2 + i] = row.flow * row.flow;
      regression.x[first + 2 + n + i] = valve_factor(i, row) * row.flow * row.flow;
      regression.y.push_back(row.discharge_m - table_.level_m[r]);
    }
  }

  /// The level's change over two minutes against the water that came and went.
  Result<void> fit_tank(const Plant& plant) {
    const auto told_area = told_.of_plant("tank_area");
    const double guess = 1.0 / told_area.value_or(10.0);
    const double total = median(table_.all([&](std::size_t r) { return table_.total_flow(r); }));
    Regression regression;
    regression.moments_a_block = 3;
    regression.priors = {told_area ? Prior{guess, kToldShare * guess} : Prior{guess, 100.0 * guess},
                         {0.0, 0.05 * total * guess}};
    for (std::size_t r = 0; r + kTankCells < table_.rows(); r += kTankCells) {
      if (table_.at[r + kTankCells] - table_.at[r] != kTankCells) continue;  // a hole
      double gained = 0.0;
      for (std::size_t k = r; k < r + kTankCells; ++k) gained += net(k) + net(k + 1);
      const double seconds = kCell.in_seconds();
      regression.add({0.5 * gained * seconds, seconds * kTankCells},
                     table_.level_m[r + kTankCells] - table_.level_m[r]);
    }
    out_.tank = regress(regression).estimate;
    if (out_.tank.value[0] > 0.0 && out_.tank.sd(0) < kTankShareMax * out_.tank.value[0]) return {};
    return Error{ErrorCode::Unavailable,
                 plant.signal(ports_.level).path +
                     " moved too little in the stretch to learn from to tell the tank's "
                     "area; give it under parameters: tank_area, or choose a livelier stretch"};
  }
  double net(std::size_t r) const { return table_.total_flow(r) - table_.demand[r]; }

  /// Whether the station's own controller moves this pump with the level: a PI law, fitted in its
  /// integrated form speed = c − gain L − reset ∫(L − setpoint) dt, whose last term is a straight
  /// line and the integral of L − its mean.
  void fit_trim(std::size_t i) {
    const auto& speed = out_.lines[i].speed;
    if (speed.high - speed.low < kTrimMoveMin * speed.middle) return;
    const double level = median(table_.level_m);
    const double hour = 3600.0;
    Regression regression;
    const double wide = 10.0 * speed.middle;
    regression.priors = {{speed.middle, wide}, {0.0, wide}, {0.0, wide / hour}, {0.0, wide / hour}};
    double integral = 0.0;
    for (std::size_t r = 0; r < table_.rows(); ++r) {
      const double above = table_.level_m[r] - level;
      const double t = static_cast<double>(table_.at[r]) * kCell.in_seconds();
      integral += above * kCell.in_seconds();
      regression.add({1.0, -above, -integral, t}, table_.lines[r][i].speed);
    }
    const auto fitted = regress(regression).estimate;
    if (fitted.value[1] < kTrimSigmasMin * fitted.sd(1)) return;
    auto& trim = out_.lines[i].trim;
    trim.law.value = {fitted.value[1], std::max(fitted.value[2], 0.0)};
    trim.law.root = {fitted.sd(1), 0.0, 0.0, fitted.value[2] > 0.0 ? fitted.sd(2) : 0.0};
    trim.setpoint_m = fitted.value[2] > kTrimResetMin * fitted.value[1]
                          ? level + fitted.value[3] / fitted.value[2]
                          : level;
  }

 public:
  void set_density(double density) { out_.density = density; }

 private:
  const Ports& ports_;
  const Told& told_;
  const Table& table_;
  FittedStation out_;
};

}  // namespace

Result<FittedStation> fit_station(const Plant& plant, const Ports& ports, const Told& told,
                                  const HistoryReader& history, TimeRange range,
                                  Timestamp known_at) {
  const double density = told.of_plant("density").value_or(999.0);
  GEMEL_ASSIGN(const auto table, read_table(plant, ports, density, history, range, known_at));
  Fitter fitter(ports, told, table);
  fitter.set_density(density);
  return fitter.run(plant);
}

}  // namespace gemel::simulation
