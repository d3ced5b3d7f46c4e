#include "nab_files.hpp"

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "base/time.hpp"
#include "data_file.hpp"

namespace gemel::bench {
namespace {

namespace fs = std::filesystem;

struct Rows {
  std::vector<Timestamp> times;
  std::vector<double> values;
};

Result<Rows> read_rows(const std::string& path) {
  GEMEL_ASSIGN(const auto bytes, read_bytes(path));
  Rows rows;
  std::size_t number = 0;
  for (auto line : text::split(bytes, '\n')) {
    line = text::trim(line);
    if (++number == 1 || line.empty()) continue;
    const auto cells = text::split(line, ',');
    double value = 0.0;
    const auto time = parse_timestamp(cells[0]);
    if (cells.size() != 2 || !time || !text::parse_number(cells[1], value)) {
      return Error{ErrorCode::Corruption, path + ":" + std::to_string(number) + ": '" +
                                              std::string(line) + "' is not a time and a value"};
    }
    rows.times.push_back(*time);
    rows.values.push_back(value);
  }
  return rows;
}

Duration median_period(const std::vector<Timestamp>& times) {
  std::vector<Duration> steps;
  for (std::size_t i = 1; i < times.size(); ++i) steps.push_back(times[i] - times[i - 1]);
  if (steps.empty()) return Duration::seconds(1);
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

/// Windows name their first and last time.
Result<std::vector<LabelledRows>> windows_of(const nlohmann::json& pairs, const Rows& rows) {
  std::vector<LabelledRows> windows;
  for (const auto& pair : pairs) {
    GEMEL_ASSIGN(const auto from, parse_timestamp(pair.at(0).get<std::string>()));
    GEMEL_ASSIGN(const auto until, parse_timestamp(pair.at(1).get<std::string>()));
    const auto begin = std::ranges::find_if(rows.times, [&](auto t) { return t >= from; });
    const auto end = std::find_if(begin, rows.times.end(), [&](auto t) { return t > until; });
    windows.push_back({static_cast<std::size_t>(begin - rows.times.begin()),
                       static_cast<std::size_t>(end - rows.times.begin())});
  }
  return windows;
}

/// "006_NAB_id_6_Traffic_tr_2579_1st_5839.csv": the number behind "_tr_" or "_1st_".
std::size_t number_after(const std::string& name, std::string_view mark) {
  const auto at = name.find(mark);
  return at == std::string::npos ? 0 : std::stoul(name.substr(at + mark.size()));
}

struct Listed {
  std::string name;
  std::size_t rows, labelled, anomalies;
  std::vector<double> published;
};

bool fits(const Listed& listed, const NabFile& file) {
  const bool whole = listed.rows + 1 == file.values.size();
  const bool cut = listed.rows == 1000 && file.values.size() > 1000;
  return (whole || cut) && !file.windows.empty() &&
         file.windows.front().begin == number_after(listed.name, "_1st_");
}

TsbSeries taken_over(const Listed& listed, const NabFile& file) {
  TsbSeries series{.name = listed.name, .train = number_after(listed.name, "_tr_")};
  series.published = listed.published;
  series.values.assign(file.values.begin(),
                       file.values.begin() + static_cast<std::ptrdiff_t>(listed.rows));
  series.labels.assign(listed.rows, 0);
  for (const auto& window : file.windows) {
    auto end = window.end - 1;
    if (listed.anomalies == 1) end = window.begin + listed.labelled;
    for (auto i = window.begin; i < std::min(end, listed.rows); ++i) series.labels[i] = 1;
  }
  return series;
}

}  // namespace

Result<std::vector<NabFile>> read_nab(const std::string& folder) {
  GEMEL_ASSIGN(const auto bytes, read_bytes(folder + "/nab/labels/combined_windows.json"));
  const auto labels = nlohmann::json::parse(bytes, nullptr, false);
  if (!labels.is_object())
    return Error{ErrorCode::Corruption, folder + "/nab/labels/combined_windows.json is no JSON"};
  std::vector<NabFile> files;
  for (const auto& [name, pairs] : labels.items()) {
    const auto path = folder + "/nab/" + name;
    std::error_code ignored;
    if (!fs::exists(path, ignored)) continue;
    GEMEL_ASSIGN(auto rows, read_rows(path));
    GEMEL_ASSIGN(auto windows, windows_of(pairs, rows));
    const auto period = median_period(rows.times);
    files.push_back({name, std::move(rows.values), std::move(windows), period});
  }
  return files;
}

Result<TsbList> match_tsb(const std::string& folder, const std::vector<NabFile>& files) {
  GEMEL_ASSIGN(const auto bytes, read_bytes(folder + "/anchors/tsb_ad_u_vus_pr_per_file.csv"));
  constexpr std::size_t kDescriptions = 7;  // the last columns: length, anomalies, …
  TsbList list;
  for (const auto line : text::split(bytes, '\n')) {
    const auto cells = text::split(text::trim(line), ',');
    if (list.detectors.empty()) {
      for (std::size_t k = 1; k + kDescriptions < cells.size(); ++k)
        list.detectors.emplace_back(cells[k]);
      continue;
    }
    if (cells.size() != list.detectors.size() + kDescriptions + 1 ||
        cells[0].find("_NAB_") == std::string_view::npos)
      continue;
    const auto number = [&](std::size_t at) {
      double value = 0.0;
      return text::parse_number(cells[at], value) ? value : 0.0;
    };
    const auto described = list.detectors.size() + 1;
    Listed listed{.name = std::string(cells[0]),
                  .rows = static_cast<std::size_t>(number(described)),
                  .labelled = static_cast<std::size_t>(number(described + 1)),
                  .anomalies = static_cast<std::size_t>(number(described + 2)),
                  .published = {}};
    for (std::size_t k = 1; k < described; ++k) listed.published.push_back(number(k));
    const auto is_it = [&](const NabFile& file) { return fits(listed, file); };
    if (std::ranges::count_if(files, is_it) != 1) continue;
    list.series.push_back(taken_over(listed, *std::ranges::find_if(files, is_it)));
  }
  return list;
}

}  // namespace gemel::bench
