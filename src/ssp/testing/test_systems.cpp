#include "ssp/testing/test_systems.hpp"

#include <array>
#include <cmath>
#include <fstream>

namespace gemel::ssp::testing {

std::string bindings(const Pairs& values) {
  std::string text =
      "<ssd:ParameterBindings><ssd:ParameterBinding><ssd:ParameterValues>"
      "<ssv:ParameterSet version='1.0' name='values'><ssv:Parameters>";
  for (const auto& [name, value] : values) {
    text += "<ssv:Parameter name='" + name + "'>" +
            (value.starts_with('<') ? value : "<ssv:Real value='" + value + "'/>") +
            "</ssv:Parameter>";
  }
  return text +
         "</ssv:Parameters></ssv:ParameterSet></ssd:ParameterValues></ssd:ParameterBinding>"
         "</ssd:ParameterBindings>";
}

std::string connectors(const Pairs& connectors) {
  std::string text = "<ssd:Connectors>";
  for (const auto& [name, kind] : connectors) {
    // "input mm": with a unit.
    const auto blank = kind.find(' ');
    const auto unit =
        blank == std::string::npos ? std::string() : " unit='" + kind.substr(blank + 1) + "'";
    text += "\n<ssd:Connector name='" + name + "' kind='" + kind.substr(0, blank) + "'><ssc:Real" +
            unit + "/></ssd:Connector>";
  }
  return text + "</ssd:Connectors>";
}

std::string component(std::string_view name, std::string_view source, const Pairs& given,
                      std::string_view within) {
  return "\n<ssd:Component name='" + std::string(name) + "' source='" + std::string(source) + "'>" +
         connectors(given) + std::string(within) + "</ssd:Component>";
}

std::string connection(std::string_view start, std::string_view end, std::string_view within) {
  const auto side = [](std::string_view which, std::string_view name) {
    const auto point = name.find('.');
    std::string text;
    if (point != std::string_view::npos)
      text = " " + std::string(which) + "Element='" + std::string(name.substr(0, point)) + "'";
    return text + " " + std::string(which) + "Connector='" +
           std::string(name.substr(point == std::string_view::npos ? 0 : point + 1)) + "'";
  };
  return "\n<ssd:Connection" + side("start", start) + side("end", end) + ">" + std::string(within) +
         "</ssd:Connection>";
}

std::string system(std::string_view name, std::string_view elements, std::string_view connections,
                   std::string_view before) {
  return "\n<ssd:System name='" + std::string(name) + "'>" + std::string(before) +
         "<ssd:Elements>" + std::string(elements) + "</ssd:Elements><ssd:Connections>" +
         std::string(connections) + "</ssd:Connections></ssd:System>";
}

std::string description(std::string_view elements, std::string_view connections,
                        std::string_view before, std::string_view after) {
  return "<?xml version='1.0' encoding='UTF-8'?>\n"
         "<ssd:SystemStructureDescription version='1.0' name='test'"
         " xmlns:ssd='http://ssp-standard.org/SSP1/SystemStructureDescription'"
         " xmlns:ssc='http://ssp-standard.org/SSP1/SystemStructureCommon'"
         " xmlns:ssv='http://ssp-standard.org/SSP1/SystemStructureParameterValues'"
         " xmlns:ssm='http://ssp-standard.org/SSP1/SystemStructureParameterMapping'>" +
         system("root", elements, connections, before) + std::string(after) +
         "</ssd:SystemStructureDescription>\n";
}

Result<CoupledSystem> coupled(const fmu::testing::TestFmus& fmus, std::string_view text) {
  const auto file = fmus.folder() / "test.ssd";
  std::ofstream(file, std::ios::binary) << text;
  GEMEL_ASSIGN(const auto package, load(file));
  return couple(package);
}

std::string two_masses(bool prompt) {
  const Pairs of_mass{{"x", "output"}, {"v", "output"}, {"force", "input"}};
  const auto flag = prompt ? "<ssv:Boolean value='true'/>" : "<ssv:Boolean value='false'/>";
  // Force on the left one: 30 (x2 - x1).
  const Pairs of_link{{"u", "input"}, {"w", "input"}, {"y", "output"}};
  return description(
      component("left", "mass.fmu", of_mass, bindings({{"x", "1"}, {"k", "10"}})) +
          component("spring", "link.fmu", of_link,
                    bindings({{"a", "30"}, {"b", "-30"}, {"prompt", flag}})) +
          component("right", "mass.fmu", of_mass, bindings({{"m", "2"}, {"k", "10"}})),
      connection("right.x", "spring.u") + connection("left.x", "spring.w") +
          connection("spring.y", "left.force") +
          connection("spring.y", "right.force", "<ssc:LinearTransformation factor='-1'/>"));
}

double two_masses_left(double time_s) {
  // x1, v1, x2, v2
  using Matrix = std::array<std::array<double, 4>, 4>;
  const Matrix a{{{0, 1, 0, 0}, {-40, 0, 30, 0}, {0, 0, 0, 1}, {15, 0, -20, 0}}};
  const auto product = [](const Matrix& x, const Matrix& y) {
    Matrix z{};
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 4; ++j)
        for (std::size_t k = 0; k < 4; ++k) z[i][j] += x[i][k] * y[k][j];
    return z;
  };
  constexpr int kSquarings = 12;
  const double h = std::ldexp(time_s, -kSquarings);
  Matrix sum{}, term{};
  for (std::size_t i = 0; i < 4; ++i) sum[i][i] = term[i][i] = 1.0;
  for (int n = 1; n <= 16; ++n) {
    term = product(term, a);
    for (auto& row : term)
      for (auto& each : row) each *= h / n;
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 4; ++j) sum[i][j] += term[i][j];
  }
  for (int n = 0; n < kSquarings; ++n) sum = product(sum, sum);
  return sum[0][0];
}

}  // namespace gemel::ssp::testing
