#include "process_flow/guide_path.hpp"

#include <cmath>
#include <functional>
#include <map>
#include <queue>

#include "base/text.hpp"

namespace gemel::process_flow {
namespace {

Error invalid(std::string message) { return {ErrorCode::InvalidInput, std::move(message)}; }

}  // namespace

Result<GuidePath> GuidePath::make(const FlowLayout& layout) {
  GuidePath path;
  std::map<std::string, std::uint32_t> places;
  std::vector<std::string> names;
  for (const auto& point : layout.points) {
    if (!places.emplace(point.name, static_cast<std::uint32_t>(names.size())).second)
      return invalid("two points of the layout are called '" + point.name + "'");
    if (point.holds == 0)
      return invalid("'" + point.name + "': a point that holds 0 vehicles; it must hold one");
    if (point.holds != kFlowUnlimited && (point.chargers > 0 || point.parking > 0)) {
      return invalid("'" + point.name +
                     "': vehicles charge and park beside the way; leave 'holds' out, or give the "
                     "chargers and parking places a point of their own");
    }
    names.push_back(point.name);
    path.holds_.push_back(point.holds);
  }
  if (names.size() > kPointsMax)
    return invalid("the layout has " + std::to_string(names.size()) + " points; it may have " +
                   std::to_string(kPointsMax));
  if (layout.ways.empty()) return invalid("the layout has no ways between its points");
  path.entering_.resize(names.size());
  std::map<std::string, bool> taken;
  for (const auto& way : layout.ways) {
    const auto context = "'" + way.name + "'";
    if (!taken.emplace(way.name, true).second)
      return invalid("two ways of the layout are called " + context);
    const auto find = [&](const std::string& name) -> Result<std::uint32_t> {
      if (const auto found = places.find(name); found != places.end()) return found->second;
      return invalid(context + ": the layout has no point '" + name + "'" +
                     text::did_you_mean(name, names));
    };
    GEMEL_ASSIGN(const auto from, find(way.from));
    GEMEL_ASSIGN(const auto to, find(way.to));
    if (from == to)
      return invalid(context + ": it leads from '" + way.from + "' to itself; name two points");
    if (!(way.length > 0.0 && std::isfinite(way.length)))
      return invalid(context + ": its length is " + text::number(way.length) +
                     " m; it must be positive");
    if (way.vehicles == 0)
      return invalid(context + ": a way that holds 0 vehicles; it must hold one");
    const auto index = static_cast<std::uint32_t>(path.ways_.size());
    path.ways_.push_back({from, to, way.vehicles, way.length, way.both_ways});
    path.entering_[to].push_back(index);
    if (way.both_ways) path.entering_[from].push_back(index);
  }
  path.distance_.assign(names.size() * names.size(), kUnreachable);
  path.first_way_.assign(names.size() * names.size(), Leg::kNoWay);
  for (std::uint32_t to = 0; to < names.size(); ++to) path.find_shortest(to);
  return path;
}

/// Dijkstra's algorithm, backwards from where ways lead.
void GuidePath::find_shortest(std::uint32_t to) {
  const auto row = static_cast<std::size_t>(to) * holds_.size();
  using Open = std::pair<double, std::uint32_t>;
  std::priority_queue<Open, std::vector<Open>, std::greater<>> open;
  distance_[row + to] = 0.0;
  open.emplace(0.0, to);
  while (!open.empty()) {
    const auto [behind, point] = open.top();
    open.pop();
    if (behind > distance_[row + point]) continue;
    for (const auto w : entering_[point]) {
      const auto& way = ways_[w];
      const auto before = way.to == point ? way.from : way.to;
      const double whole = behind + way.length;
      auto& known = distance_[row + before];
      auto& first = first_way_[row + before];
      if (whole > known || (whole == known && w >= first)) continue;
      if (whole < known) open.emplace(whole, before);
      known = whole;
      first = w;
    }
  }
}

double GuidePath::distance(std::uint32_t from, std::uint32_t to) const {
  if (shared()) return distance_[static_cast<std::size_t>(to) * holds_.size() + from];
  return std::fabs(places_[from].first - places_[to].first) +
         std::fabs(places_[from].second - places_[to].second);
}

Leg GuidePath::leg(std::uint32_t from, std::uint32_t to) const {
  if (!shared()) return {to, Leg::kNoWay, distance(from, to)};
  const auto w = first_way_[static_cast<std::size_t>(to) * holds_.size() + from];
  const auto& way = ways_[w];
  return {way.from == from ? way.to : way.from, w, way.length};
}

}  // namespace gemel::process_flow
