// SPDX-License-Identifier: Apache-2.0
#include "moving/crate.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <sstream>

#include "adapters/segments/file.h"
#include "base/archive.h"
#include "base/packed.h"

namespace handrail::moving {
namespace fs = std::filesystem;

template <class A>
void fields(A& a, ListedVisitor& v) {
  a(v.key, v.version);
}
template <class A>
void fields(A& a, Plan& p) {
  a(p.id, p.source, p.position, p.engine_version, p.at, p.visitors);
}

namespace {

constexpr std::string_view kPlanMagic = "HRMOVPLN";
constexpr std::string_view kPartMagic = "HRMOVPRT";
constexpr const char* kPlan = "PLAN";
constexpr const char* kManifest = "MANIFEST";
constexpr const char* kTitle = "handrail-export";
constexpr std::size_t kHeadBytes = 12;                // magic, format
constexpr std::size_t kHashBytes = 16;                // XXH3-128 of all before
constexpr std::size_t kUnpackedBytesMax = 1UL << 30;  // of a file

// A part with the export that it is of.
struct StoredPart {
  std::string id;
  Part part;
};
template <class A>
void fields(A& a, StoredPart& p) {
  a(p.id, p.part.number, p.part.house, p.part.boxes, p.part.whole, p.part.so_far);
}

tl::unexpected<Error> damaged(const fs::path& path, const std::string& why) {
  return fail(ErrorCode::kCorrupt, path.string() + ": " + why);
}

Result<std::optional<std::string>> whole_file(const fs::path& path) {
  std::error_code ec;
  if (!fs::exists(path, ec)) return std::optional<std::string>{};
  const auto bytes = fs::file_size(path, ec);
  if (ec) return fail(ErrorCode::kInternal, path.string() + ": " + ec.message());
  auto file = segments::File::open(path, O_RDONLY);
  if (!file) return pass_on(file);
  auto text = file->read_at(0, bytes);
  if (!text) return pass_on(text);
  return std::optional(std::move(*text));
}

std::string framed(std::string_view magic, const std::string& content) {
  std::string out(magic);
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(kCrateFormat >> shift & 0xff));
  out += packed_bytes(content);
  return out + id_of({out}).bytes();
}

Result<std::string> content_of(const fs::path& path, std::string_view magic, const std::string& file) {
  if (file.size() < kHeadBytes + kHashBytes)
    return damaged(path, "ends after " + std::to_string(file.size()) + " bytes");
  if (!file.starts_with(magic)) return damaged(path, "is no file of an export (byte 0)");
  std::uint32_t format = 0;
  for (std::size_t i = 0; i < 4; ++i)
    format |= static_cast<std::uint32_t>(static_cast<unsigned char>(file[magic.size() + i])) << (8 * i);
  if (format > kCrateFormat)
    return damaged(
        path, fmt::format("has format {}, newer than this program (it reads up to {}); use the newer program", format,
                          kCrateFormat));
  const std::string_view checked = std::string_view(file).substr(0, file.size() - kHashBytes);
  if (id_of({checked}).bytes() != std::string_view(file).substr(checked.size()))
    return damaged(path, fmt::format("is damaged or cut off: the checksum over its {} bytes is wrong", checked.size()));
  auto content = unpacked_bytes(checked.substr(kHeadBytes), kUnpackedBytesMax);
  if (!content) return damaged(path, "cannot be unpacked");
  return std::move(*content);
}

std::string text_of(const Manifest& m) {
  std::string out =
      fmt::format("{} {}\nid {}\nsource {}\nengine {}\nat {}\nparts {}\nvisitors {}\nbefore {}\n", kTitle, kCrateFormat,
                  m.id, m.source, m.engine_version, m.at, m.parts, m.boxes, m.whole.numbers_before_max);
  for (std::size_t i = 0; i < kSections; ++i)
    out += fmt::format("section {} {} {}\n", name_of(static_cast<Section>(i)), m.whole.of[i].count,
                       m.whole.of[i].hash.hex());
  return out + "sum " + id_of({out}).hex() + "\n";
}

bool take_section(std::istringstream& in, Tally& tally) {
  std::string name, hash;
  std::uint64_t count = 0;
  in >> name >> count >> hash;
  const auto id = Id128::parse(hash);
  for (std::size_t i = 0; id && i < kSections; ++i) {
    if (name != name_of(static_cast<Section>(i))) continue;
    tally.of[i] = {count, *id};
    return true;
  }
  return false;
}

}  // namespace

fs::path Crate::path_of(std::uint32_t part) const { return folder_ / fmt::format("part-{:06}", part); }

Result<void> Crate::make_folder() const {
  if (auto made = segments::create_folder(folder_); !made) return made;
  std::error_code ec;
  fs::permissions(folder_, fs::perms::owner_all, ec);
  if (ec) return fail(ErrorCode::kInternal, folder_.string() + ": permissions: " + ec.message());
  return {};
}

Result<std::optional<Plan>> Crate::plan() const {
  const fs::path path = folder_ / kPlan;
  auto file = whole_file(path);
  if (!file) return pass_on(file);
  if (!*file) return std::optional<Plan>{};
  auto content = content_of(path, kPlanMagic, **file);
  if (!content) return pass_on(content);
  auto plan = unarchived<Plan>(*content);
  if (!plan) return damaged(path, "is damaged");
  return plan;
}

Result<void> Crate::write_plan(const Plan& plan) const {
  return segments::write_file_atomically(folder_ / kPlan, framed(kPlanMagic, archived(plan)));
}

Result<std::optional<Manifest>> Crate::manifest() const {
  const fs::path path = folder_ / kManifest;
  auto file = whole_file(path);
  if (!file) return pass_on(file);
  if (!*file) return std::optional<Manifest>{};
  const std::string& text = **file;
  std::istringstream in(text);
  std::string title;
  std::uint32_t format = 0;
  in >> title >> format;
  if (title != kTitle) return damaged(path, "is no manifest of an export");
  if (format > kCrateFormat)
    return damaged(
        path, fmt::format("has format {}, newer than this program (it reads up to {}); use the newer program", format,
                          kCrateFormat));
  const std::size_t sum = text.rfind("sum ");
  if (sum == std::string::npos || text.substr(sum) != "sum " + id_of({text.substr(0, sum)}).hex() + "\n")
    return damaged(path, "is damaged or cut off: its sum is wrong");
  Manifest m;
  std::size_t sections = 0;
  for (std::string name; in >> name && name != "sum";) {
    if (name == "id") in >> m.id;
    if (name == "source") in >> m.source;
    if (name == "engine") in >> m.engine_version;
    if (name == "at") in >> m.at;
    if (name == "parts") in >> m.parts;
    if (name == "visitors") in >> m.boxes;
    if (name == "before") in >> m.whole.numbers_before_max;
    if (name == "section" && take_section(in, m.whole)) ++sections;
  }
  if (!in || sections != kSections) return damaged(path, "is damaged");
  return std::optional(std::move(m));
}

Result<void> Crate::write_manifest(const Manifest& manifest) const {
  if (auto done = segments::write_file_atomically(folder_ / kManifest, text_of(manifest)); !done) return done;
  std::error_code ec;
  fs::remove(folder_ / kPlan, ec);
  return {};
}

Result<Part> Crate::part(const std::string& id, std::uint32_t number) const {
  const fs::path path = path_of(number);
  auto file = whole_file(path);
  if (!file) return pass_on(file);
  if (!*file) return damaged(path, "is missing");
  auto content = content_of(path, kPartMagic, **file);
  if (!content) return pass_on(content);
  auto part = unarchived<StoredPart>(*content);
  if (!part) return damaged(path, "is damaged");
  if (part->id != id) return damaged(path, "belongs to another export (" + part->id + ")");
  if (part->part.number != number) return damaged(path, "is part " + std::to_string(part->part.number));
  return std::move(part->part);
}

Result<void> Crate::write_part(const std::string& id, const Part& part) const {
  return segments::write_file_atomically(path_of(part.number), framed(kPartMagic, archived(StoredPart{id, part})));
}

std::optional<std::uint32_t> Crate::newest_part() const {
  std::optional<std::uint32_t> newest;
  std::error_code ec;
  while (fs::exists(path_of(newest ? *newest + 1 : 0), ec)) newest = newest ? *newest + 1 : 0;
  return newest;
}

}  // namespace handrail::moving
