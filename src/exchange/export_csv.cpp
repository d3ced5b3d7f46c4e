#include "exchange/detail/output_file.hpp"
#include "exchange/detail/rows.hpp"
#include "exchange/export.hpp"

namespace gemel::exchange {

Result<std::uint64_t> export_csv(const HistoryReader& history, const Plant& plant,
                                 const ExportRequest& request, const Progress& progress,
                                 std::stop_token stop) {
  detail::OutputFile file(request.path);
  GEMEL_TRY(file.open());
  const auto write = [&](std::string_view text) { return file.append(text); };
  GEMEL_ASSIGN(const auto rows, detail::write_rows(history, plant, request, detail::TimeStyle::Iso,
                                                   write, progress, std::move(stop)));
  GEMEL_TRY(file.finish());
  return rows;
}

}  // namespace gemel::exchange
