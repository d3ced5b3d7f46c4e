#include "history/detail/segment.hpp"

#include <algorithm>

#include "history/detail/checksum.hpp"

namespace gemel::history::detail {
namespace {

constexpr std::string_view kMagic = "GEMELSEG";
constexpr std::uint32_t kVersion = 2;

std::string encode_info(const SegmentInfo& info) {
  ByteWriter out;
  out.raw(kMagic);
  out.fixed(kVersion);
  out.fixed(info.logs.first);
  out.fixed(info.logs.last);
  out.fixed(info.groups);
  for (const auto n : {info.frames, info.samples, info.forgotten, info.events}) out.fixed(n);
  for (const auto t :
       {info.span.first_known, info.span.last_known, info.span.min_source, info.span.max_source,
        info.span.newest_belief, info.kept_from, info.kept_until}) {
    out.fixed(t.ns);
  }
  for (const auto& section : {info.events_part, info.roll_ups, info.directory}) {
    out.fixed(section.offset);
    out.fixed(section.size);
  }
  return sealed(out.take());
}

const std::size_t kInfoBytes = encode_info({}).size();

/// Errors: Corruption, Unsupported.
Result<SegmentInfo> decode_info(std::string_view bytes, std::uint64_t file_bytes) {
  const Error corrupt{ErrorCode::Corruption, "its description is damaged"};
  ByteReader in(unsealed(bytes));
  if (in.raw(kMagic.size()) != kMagic) return corrupt;
  if (const auto version = in.fixed<std::uint32_t>(); in.ok() && version != kVersion) {
    return {ErrorCode::Unsupported, "it is of version " + std::to_string(version) +
                                        ", this gemel reads version " + std::to_string(kVersion) +
                                        "; open it with the gemel that wrote it"};
  }
  SegmentInfo info;
  info.logs.first = in.fixed<std::uint32_t>();
  info.logs.last = in.fixed<std::uint32_t>();
  info.groups = in.fixed<std::uint32_t>();
  for (auto* n : {&info.frames, &info.samples, &info.forgotten, &info.events})
    *n = in.fixed<std::uint64_t>();
  for (auto* t :
       {&info.span.first_known, &info.span.last_known, &info.span.min_source, &info.span.max_source,
        &info.span.newest_belief, &info.kept_from, &info.kept_until}) {
    t->ns = in.fixed<std::int64_t>();
  }
  for (auto* section : {&info.events_part, &info.roll_ups, &info.directory}) {
    section->offset = in.fixed<std::uint64_t>();
    section->size = in.fixed<std::uint64_t>();
    if (section->offset > file_bytes || section->size > file_bytes - section->offset)
      return corrupt;
  }
  const auto twice = 2 * (kInfoBytes + info.directory.size);
  if (!in.finished() || twice > file_bytes || info.logs.first == 0 ||
      info.logs.last < info.logs.first || info.groups == 0)
    return corrupt;
  info.file_bytes = file_bytes;
  return info;
}

std::string encode_directory(const SegmentDraft& draft) {
  ByteWriter out;
  for (const auto& group : draft.groups) write_group_info(out, group);
  write_roll_up_places(out, draft.roll_ups);
  return sealed(out.take());
}

/// All but where the sections are.
SegmentInfo describe(const SegmentDraft& draft) {
  SegmentInfo info;
  info.logs = draft.logs;
  info.span = draft.span;
  info.forgotten = draft.forgotten;
  info.events = draft.events;
  info.groups = static_cast<std::uint32_t>(draft.groups.size());
  for (const auto& group : draft.groups) {
    info.frames += group.frames;
    info.samples += group.samples;
    info.kept_from = std::min(info.kept_from, group.span.min_source);
    info.kept_until = std::max(info.kept_until, group.span.max_source);
  }
  return info;
}

/// Lays the parts out one behind the other.
void place(SegmentInfo& info, SegmentDraft& draft, std::size_t directory_size) {
  info.directory = {kInfoBytes, directory_size};
  info.events_part = {info.directory.end(), draft.events_part.size()};
  info.roll_ups = {info.events_part.end(), draft.roll_ups.bytes.size()};
  auto offset = info.roll_ups.end();
  for (auto& group : draft.groups) {
    const auto moved = offset - group.offset;
    group.offset += moved;
    group.frame_places.offset = group.offset;
    offset = group.end();
  }
  info.file_bytes = offset + directory_size + kInfoBytes;
}

}  // namespace

std::size_t description_size() { return kInfoBytes; }

Result<SegmentInfo> write_segment(FileSystem& files, const std::filesystem::path& directory,
                                  SegmentDraft draft) {
  auto info = describe(draft);
  const auto places = encode_directory(draft);
  place(info, draft, places.size());
  const auto description = encode_info(info);
  GEMEL_ASSIGN(auto file, NewFile::begin(files, directory / segment_name(info.logs)));
  GEMEL_TRY(file.append(description));
  GEMEL_TRY(file.append(places));
  GEMEL_TRY(file.append(draft.events_part));
  GEMEL_TRY(file.append(draft.roll_ups.bytes));
  for (std::size_t i = 0; i < draft.groups.size(); ++i) {
    GEMEL_ASSIGN(const auto bytes, draft.bytes_of(i));
    GEMEL_TRY(file.append(bytes));
  }
  GEMEL_TRY(file.append(places));
  GEMEL_TRY(file.append(description));
  GEMEL_TRY(file.finish());
  return info;
}

Result<SegmentInfo> read_segment_info(FileSystem& files, const std::filesystem::path& path) {
  GEMEL_ASSIGN(const auto file, files.open_to_read(path));
  const Error corrupt{ErrorCode::Corruption,
                      path.filename().string() + ": both descriptions, at its beginning and " +
                          "at its end, are damaged; nothing in it can be read"};
  if (file->size() < 2 * kInfoBytes) return corrupt;
  for (const auto offset : {std::uint64_t{0}, file->size() - kInfoBytes}) {
    GEMEL_ASSIGN(const auto bytes, file->read(offset, kInfoBytes));
    auto info = decode_info(bytes, file->size());
    if (info || info.error().code == ErrorCode::Unsupported) return info;
  }
  return corrupt;
}

Result<std::shared_ptr<const Segment>> Segment::open(FileSystem& files,
                                                     const std::filesystem::path& path,
                                                     const SegmentInfo& info) {
  GEMEL_ASSIGN(auto file, files.open_to_read(path));
  if (file->size() != info.file_bytes) {
    return {ErrorCode::NotFound, path.filename().string() +
                                     " was replaced by another while it was asked for; ask again"};
  }
  const std::shared_ptr<Segment> segment(
      new Segment(std::move(file), path.filename().string(), info));
  if (auto read = segment->read_directories(); !read) return segment->within(read.error());
  return {std::shared_ptr<const Segment>(segment)};
}

/// Without it none of many groups can be found, so there are two.
Result<void> Segment::read_directories() {
  const auto second = info_.file_bytes - kInfoBytes - info_.directory.size;
  const bool first_is_whole = read_directory(info_.directory.offset);
  auto groups = groups_;
  auto roll_ups = roll_ups_;
  const bool second_is_whole = read_directory(second);
  if (first_is_whole && !second_is_whole) {
    groups_.swap(groups);
    roll_ups_.swap(roll_ups);
  }
  both_directories_ = first_is_whole && second_is_whole;
  if (first_is_whole || second_is_whole) return {};
  return damaged_at(info_.directory.offset, "both its directories, there and at byte " +
                                                std::to_string(second) +
                                                "; no series in it can be read");
}

bool Segment::read_directory(std::uint64_t at) {
  groups_.clear();
  roll_ups_.clear();
  const auto bytes = file_->read(at, info_.directory.size);
  if (!bytes) return false;
  ByteReader in(unsealed(*bytes));
  const auto end = info_.file_bytes - kInfoBytes - info_.directory.size;
  auto offset = info_.roll_ups.end();
  if (offset > end) return false;
  for (std::uint32_t i = 0; i < info_.groups && in.ok(); ++i) {
    groups_.push_back(read_group_info(in, offset, end - offset));
    offset = groups_.back().end();
  }
  roll_ups_ = read_roll_up_places(in, info_.roll_ups);
  return in.finished() && offset == end;
}

Result<Timestamp> Segment::frame_at_or_before(Timestamp t) const {
  for (auto info = groups_.rbegin(); info != groups_.rend(); ++info) {
    if (info->span.first_known > t) continue;
    auto frames = Group(*file_, *info).frames();
    const auto known = frames.known_by(t);
    if (!known) return within(known.error());
    if (*known == 0) continue;
    const auto at = frames.known_at(*known - 1);
    return at ? at : within(at.error());
  }
  return {ErrorCode::NotFound, name_ + " keeps no frame known at or before " + to_string(t)};
}

Error Segment::within(const Error& error) const {
  Error named = error;
  named.message = name_ + " is " + error.message;
  if (error.code == ErrorCode::Corruption)
    named.message += " (it holds what was known from " + to_string(info_.span.first_known) +
                     " to " + to_string(info_.span.last_known) + ")";
  else
    named.message = name_ + ": " + error.message;
  return named;
}

}  // namespace gemel::history::detail
