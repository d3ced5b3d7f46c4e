#include <cmath>
#include <cstdio>
#include <fstream>

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

std::string change_text(const Json& change) {
  const auto name = change.contains("control") ? change["control"] : change["quantity"];
  const auto how = change.value("how", std::string("set"));
  const double value = change.at("value").get<double>();
  return name.get<std::string>() +
         (how == "set"   ? " = " + text::rounded(value)
          : how == "add" ? (value < 0 ? " − " : " + ") + text::rounded(std::abs(value))
                         : " × " + text::rounded(value));
}

void print_head(const Json& answer, const Json& question) {
  const auto horizon = Duration::from_seconds(question.at("horizon_s").get<double>());
  std::printf(
      "%s ahead from %s, %s futures, simulator %s\n", to_string(horizon).c_str(),
      answer.at("at").is_null() ? "its beginning" : answer.at("at").get<std::string>().c_str(),
      answer.at("draws").dump().c_str(), answer.at("version").get<std::string>().c_str());
  for (const auto& change : question.at("changes"))
    std::printf("  %s\n", change_text(change).c_str());
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

void print_beside(const Json& answer) {
  Table table({"over the whole time", "unit", "as now", "changed", "difference",
               "95 % interval of it", "90 % of futures"});
  for (const auto& one : answer.at("differences")) {
    const auto mean_in = [&](const Json& outcome) {
      for (const auto& indicator : outcome.at("indicators")) {
        if (indicator.at("name") == one.at("name")) return number_of(indicator.at("mean"));
      }
      return std::string("-");
    };
    table.add({one.at("name").get<std::string>(), one.at("unit").get<std::string>(),
               mean_in(answer.at("as_now")), mean_in(answer), signed_number(one.at("mean")),
               interval(one, "mean_low", "mean_high", true), interval(one, "low", "high", true)});
  }
  if (!table.empty()) std::printf("%s\n", table.to_text().c_str());
  Table signals({"at the end", "unit", "as now", "changed", "90 % of futures"});
  const auto& before = answer.at("as_now").at("signals");
  for (std::size_t i = 0; i < answer.at("signals").size() && i < before.size(); ++i) {
    const auto& one = answer.at("signals")[i];
    signals.add({one.at("name").get<std::string>(), one.at("unit").get<std::string>(),
                 number_of(last(before[i].at("mean"))), number_of(last(one.at("mean"))),
                 number_of(last(one.at("low"))) + " … " + number_of(last(one.at("high")))});
  }
  if (!signals.empty()) std::printf("%s", signals.to_text().c_str());
}

}  // namespace

void print_answer(const Json& answer, const Json& question) {
  print_head(answer, question);
  if (question.at("changes").empty())
    print_present(answer);
  else
    print_beside(answer);
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
