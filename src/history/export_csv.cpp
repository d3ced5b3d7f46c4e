#include "history/detail/rows.hpp"
#include "history/detail/scratch_file.hpp"
#include "history/export.hpp"
#include "history/file_system.hpp"

namespace gemel::history {

Result<std::uint64_t> export_csv(const HistoryReader& history, const Plant& plant,
                                 const ExportRequest& request, const Progress& progress,
                                 std::stop_token stop) {
  auto& files = real_files();
  const detail::ScratchFile scratch(request.path);
  GEMEL_ASSIGN(const auto file, files.open_to_append(scratch.path()));
  GEMEL_TRY(file->truncate(0));
  const auto write = [&](std::string_view text) { return file->append(text); };
  GEMEL_ASSIGN(const auto rows, detail::write_rows(history, plant, request, detail::TimeStyle::Iso,
                                                   write, progress, std::move(stop)));
  GEMEL_TRY(file->sync());
  GEMEL_TRY(files.rename(scratch.path(), request.path));
  return rows;
}

}  // namespace gemel::history
