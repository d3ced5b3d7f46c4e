#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <numeric>

#include "app/terminal.hpp"
#include "app/what_if.hpp"
#include "base/text.hpp"

namespace gemel::app {
namespace {

std::string number_of(const Json& value) {
  return value.is_number() ? text::rounded(value.get<double>(), 4) : "-";
}

std::string signed_number(const Json& value) {
  const auto text = number_of(value);
  return value.is_number() && value.get<double>() > 0.0 ? "+" + text : text;
}

std::string interval(const Json& of, const char* low, const char* high, bool with_sign) {
  const auto shown = [&](const Json& value) {
    return with_sign ? signed_number(value) : number_of(value);
  };
  return shown(of.at(low)) + " … " + shown(of.at(high));
}

Json last(const Json& series) { return series.empty() ? Json() : series.back(); }

void print_changes(const std::vector<std::string>& written, const char* how) {
  for (const auto& text : written) {
    const auto equals = text.find('=');
    std::printf("  %s %s %s\n", text.substr(0, equals).c_str(), how,
                text.substr(equals + 1).c_str());
  }
}

void print_head(const Json& answer, const WhatIfOptions& options) {
  std::printf(
      "%s ahead from %s, %s futures, simulator %s\n", options.horizon.c_str(),
      answer.at("at").is_null() ? "its beginning" : answer.at("at").get<std::string>().c_str(),
      answer.at("draws").dump().c_str(), answer.at("version").get<std::string>().c_str());
  print_changes(options.set, "=");
  print_changes(options.add, "+");
  print_changes(options.scale, "×");
  std::printf("\n");
}

/// Without changes there is nothing to compare with.
void print_present(const Json& answer) {
  Table table({"over the whole time", "unit", "mean", "90 % of futures"});
  for (const auto& one : answer.at("indicators")) {
    table.add({one.at("name").get<std::string>(), one.at("unit").get<std::string>(),
               number_of(one.at("mean")), interval(one, "low", "high", false)});
  }
  if (!table.empty()) std::printf("%s\n", table.to_text().c_str());
  Table signals({"at the end", "unit", "mean", "90 % of futures"});
  for (const auto& one : answer.at("signals")) {
    signals.add({one.at("name").get<std::string>(), one.at("unit").get<std::string>(),
                 number_of(last(one.at("mean"))),
                 number_of(last(one.at("low"))) + " … " + number_of(last(one.at("high")))});
  }
  if (!signals.empty()) std::printf("%s", signals.to_text().c_str());
}

constexpr std::size_t kPartsShown = 10;
constexpr double kWorthTelling = 0.05;  // of what it is now

/// A row of the table, and how much it says.
struct Row {
  Json difference;
  double as_now = 0.0, changed = 0.0;
  bool whole = false;  // of all that is simulated, not of a part

  double mean() const { return number("mean"); }
  double share() const {
    const double from = std::max(std::abs(as_now), std::abs(changed));
    return from > 0.0 ? std::abs(mean()) / from : 0.0;
  }
  bool beyond_doubt() const { return number("mean_low") * number("mean_high") > 0.0; }
  double number(const char* name) const {
    const auto& value = difference.at(name);
    return value.is_number() ? value.get<double>() : 0.0;
  }
};

double mean_of(const Json& outcome, const Json& name) {
  for (const auto& indicator : outcome.at("indicators")) {
    if (indicator.at("name") == name && indicator.at("mean").is_number())
      return indicator.at("mean").get<double>();
  }
  return 0.0;
}

/// What holds for the whole first; of the parts those that change most, and beyond doubt.
std::vector<Row> worth_telling(const Json& answer, bool all) {
  std::vector<Row> whole, parts;
  for (const auto& one : answer.at("differences")) {
    Row row{one, mean_of(answer.at("as_now"), one.at("name")), mean_of(answer, one.at("name"))};
    row.whole = one.at("name").get<std::string>().find('.') == std::string::npos;
    if (row.whole || all) {
      whole.push_back(std::move(row));
    } else if (row.beyond_doubt() && row.share() >= kWorthTelling) {
      parts.push_back(std::move(row));
    }
  }
  std::ranges::stable_sort(parts, [](const Row& a, const Row& b) { return a.share() > b.share(); });
  if (parts.size() > kPartsShown) parts.resize(kPartsShown);
  whole.insert(whole.end(), parts.begin(), parts.end());
  return whole;
}

void print_indicators(const Json& answer, bool all) {
  Table table({"over the whole time", "unit", "as now", "changed", "difference",
               "95 % interval of it", "90 % of futures"});
  const auto rows = worth_telling(answer, all);
  for (const auto& row : rows) {
    // What is nothing beside the figure itself is nothing.
    const double nothing = 1e-9 * std::max(std::abs(row.as_now), std::abs(row.changed));
    const auto shown = [&](const char* name) {
      const double value = row.number(name);
      return signed_number(std::abs(value) <= nothing ? 0.0 : value);
    };
    table.add(
        {row.difference.at("name").get<std::string>(), row.difference.at("unit").get<std::string>(),
         number_of(row.as_now), number_of(row.changed), shown("mean"),
         shown("mean_low") + " … " + shown("mean_high"), shown("low") + " … " + shown("high")});
  }
  if (!table.empty()) std::printf("%s", table.to_text().c_str());
  const auto left = answer.at("differences").size() - rows.size();
  if (left > 0) std::printf("(%zu others change little or not for sure; --all shows them)\n", left);
  if (!table.empty()) std::printf("\n");
}

/// How far the futures part at the end, beside how wide they are and how large.
double parting(const Json& before, const Json& after) {
  const auto number = [](const Json& value) {
    return value.is_number() ? value.get<double>() : 0.0;
  };
  // What happens in fewer than one future of twenty says nothing by its mean.
  const auto rare = [&](const Json& of) {
    const double low = number(last(of.at("low"))), high = number(last(of.at("high")));
    return low == high && number(last(of.at("mean"))) != low;
  };
  if (rare(before) || rare(after)) return 0.0;
  double size = 1e-12;
  for (const auto* of : {&before, &after}) {
    for (std::size_t i = 0; i < of->at("mean").size(); ++i) {
      size = std::max({size, std::abs(number(of->at("mean")[i])),
                       number(of->at("high")[i]) - number(of->at("low")[i])});
    }
  }
  return std::abs(number(last(after.at("mean"))) - number(last(before.at("mean")))) / size;
}

void print_signals(const Json& answer, bool all) {
  const auto& before = answer.at("as_now").at("signals");
  const auto& after = answer.at("signals");
  std::vector<std::size_t> order(std::min(before.size(), after.size()));
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto count = order.size();
  if (!all) {
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
      return parting(before[a], after[a]) > parting(before[b], after[b]);
    });
    order.resize(std::min(count, kPartsShown));
  }
  Table table({"at the end", "unit", "as now", "changed", "90 % of futures"});
  for (const auto i : order) {
    table.add({after[i].at("name").get<std::string>(), after[i].at("unit").get<std::string>(),
               number_of(last(before[i].at("mean"))), number_of(last(after[i].at("mean"))),
               number_of(last(after[i].at("low"))) + " … " + number_of(last(after[i].at("high")))});
  }
  if (!table.empty()) std::printf("%s", table.to_text().c_str());
  if (order.size() < count)
    std::printf("(%zu others part less; --all shows them, --csv all of their courses)\n",
                count - order.size());
}

}  // namespace

void print_answer(const Json& answer, const WhatIfOptions& options) {
  print_head(answer, options);
  if (options.set.empty() && options.add.empty() && options.scale.empty()) {
    print_present(answer);
  } else {
    print_indicators(answer, options.all);
    print_signals(answer, options.all);
  }
  for (const auto* kind : {"findings", "warnings"}) {
    for (const auto& text : answer.at(kind))
      std::printf("%s: %s\n", std::string(kind).substr(0, std::string(kind).size() - 1).c_str(),
                  text.get<std::string>().c_str());
  }
}

Result<void> write_series(const Json& answer, const std::string& path) {
  std::ofstream file(path);
  file << "time_s,name,unit,as_now_mean,as_now_low,as_now_high,mean,low,high\n";
  const auto number = [](const Json& value) {
    return value.is_number() ? text::number(value.get<double>()) : std::string();
  };
  const auto& before = answer.at("as_now").at("signals");
  for (std::size_t i = 0; i < answer.at("signals").size() && i < before.size(); ++i) {
    const auto& after = answer.at("signals")[i];
    for (std::size_t t = 0; t < answer.at("times_s").size(); ++t) {
      file << number(answer.at("times_s")[t]) << ',' << after.at("name").get<std::string>() << ','
           << after.at("unit").get<std::string>();
      for (const auto* of : {&before[i], &after}) {
        for (const auto* part : {"mean", "low", "high"})
          file << ',' << (of->at(part).size() > t ? number(of->at(part)[t]) : std::string());
      }
      file << '\n';
    }
  }
  file.close();
  if (!file)
    return Error{ErrorCode::Unavailable, "can't write " + path + "; is there room, and may you?"};
  return {};
}

}  // namespace gemel::app
