// SPDX-License-Identifier: Apache-2.0
#include "moving/crate.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "moving/move.h"
#include "tests/support/records.h"
#include "tests/support/temporary_folder.h"

using namespace handrail;
using namespace handrail::test;
using namespace handrail::moving;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}
void overwrite(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Three visitors in memory. Fails at a visitor, and may be changed between two exports.
struct FakeSource final : Source {
  std::string kind() const override { return "data"; }
  Result<std::string> position() override { return place; }
  Result<std::vector<ListedVisitor>> visitors() override { return listed; }
  Result<HouseBox> house() override { return HouseBox{}; }
  Result<std::vector<VisitorBox>> boxes(std::span<const ListedVisitor> visitors) override {
    std::vector<VisitorBox> out;
    for (const ListedVisitor& visitor : visitors) {
      if (visitor.key == fails_at) return fail(ErrorCode::kUnavailable, "gone for a while");
      ++read;
      VisitorBox box;
      box.key = visitor.key;
      box.visitor.id = visitor.key.hex();
      box.records.push_back({0, Visit(box.visitor.id).page(0)});
      number_on_its_own(box);
      out.push_back(std::move(box));
    }
    return out;
  }

  std::string place = "offset 7";
  std::vector<ListedVisitor> listed;
  VisitorKey fails_at;
  int read = 0;
};

FakeSource some_source(std::uint64_t visitors = 600) {
  FakeSource source;
  for (std::uint64_t i = 1; i <= visitors; ++i) source.listed.push_back({VisitorKey{Id128{i, 0}}, 1});
  return source;
}

ExportOptions small_parts(std::string id = "0123456789abcdef0123456789abcdef") {
  ExportOptions options;
  options.engine_version = "dev";
  options.id = std::move(id);
  options.part_bytes = 1;  // each reading ends one
  return options;
}

struct Exported {
  Exported() {
    FakeSource source = some_source();
    auto manifest = export_house(source, crate, small_parts());
    REQUIRE(manifest);
    whole = *manifest;
  }
  TemporaryFolder folder;
  Crate crate{folder.path() / "crate"};
  Manifest whole;
};

}  // namespace

TEST_CASE("what was exported is read back, and its files are for their owner alone") {
  Exported exported;
  CHECK(exported.whole.boxes == 600);
  CHECK(exported.whole.parts > 3);
  const auto manifest = check(exported.crate, [](auto) {});
  REQUIRE(manifest);
  CHECK(manifest->whole == exported.whole.whole);
  CHECK(manifest->id == exported.whole.id);
  CHECK_FALSE(fs::exists(exported.crate.folder() / "PLAN"));
  CHECK((fs::status(exported.crate.folder()).permissions() & (fs::perms::group_all | fs::perms::others_all)) ==
        fs::perms::none);
}

TEST_CASE("a bit that flipped anywhere is found, and its file named") {
  Exported exported;
  for (const char* name : {"part-000001", "MANIFEST"}) {
    const fs::path path = exported.crate.folder() / name;
    const std::string whole = content(path);
    for (std::size_t at = 0; at < whole.size(); at += name[0] == 'M' ? 1 : 37) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ 4);
      overwrite(path, bytes);
      const auto read = check(exported.crate, [](auto) {});
      REQUIRE_FALSE(read);
      CHECK(read.error().code == ErrorCode::kCorrupt);
      CHECK(read.error().message.find(path.string()) == 0);
    }
    overwrite(path, whole);
  }
  CHECK(check(exported.crate, [](auto) {}));
}

TEST_CASE("a part that is cut off, missing, of another export or of a newer format is refused by name") {
  Exported exported;
  const fs::path path = exported.crate.folder() / "part-000002";
  const std::string whole = content(path);
  const auto refusal = [&] {
    const auto read = check(exported.crate, [](auto) {});
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::kCorrupt);
    CHECK(read.error().message.find(path.string()) == 0);
    return read.error().message;
  };
  for (const std::size_t size : {std::size_t{0}, std::size_t{20}, whole.size() / 2, whole.size() - 1}) {
    overwrite(path, whole.substr(0, size));
    refusal();
  }
  std::string newer = whole;
  newer[8] = 2;
  overwrite(path, newer);
  CHECK(refusal().find("has format 2, newer than this program (it reads up to 1)") != std::string::npos);
  overwrite(path, content(exported.crate.folder() / "part-000001"));
  CHECK(refusal().find("is part 1") != std::string::npos);
  fs::remove(path);
  CHECK(refusal().find("is missing") != std::string::npos);
  overwrite(path, whole);
  REQUIRE(exported.crate.write_part("another", *exported.crate.part(exported.whole.id, 2)));
  CHECK(refusal().find("belongs to another export (another)") != std::string::npos);
}

TEST_CASE("an export that was interrupted goes on with what is not there yet") {
  TemporaryFolder folder;
  const Crate crate{folder.path() / "crate"};
  FakeSource source = some_source();
  source.fails_at = source.listed[300].key;
  CHECK_FALSE(export_house(source, crate, small_parts()));
  CHECK_FALSE(crate.manifest()->has_value());
  const int before = source.read;
  source.fails_at = {};
  source.read = 0;
  const auto manifest = export_house(source, crate, small_parts("another id"));
  REQUIRE(manifest);
  CHECK(manifest->id == small_parts().id);  // it is the same export
  CHECK(source.read < 600);
  CHECK(source.read + before >= 600);
  Exported at_once;
  CHECK(manifest->whole == at_once.whole.whole);
  CHECK(check(crate, [](auto) {}));
}

TEST_CASE("a source that went on is refused, and who changed is named") {
  TemporaryFolder folder;
  const Crate crate{folder.path() / "crate"};
  FakeSource source = some_source(3);
  source.fails_at = source.listed[2].key;
  CHECK_FALSE(export_house(source, crate, small_parts()));
  source.fails_at = {};
  source.listed[1].version = 2;
  auto refused = export_house(source, crate, small_parts());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(refused.error().message.find(source.listed[1].key.hex()) != std::string::npos);
  source.place = "offset 8";
  refused = export_house(source, crate, small_parts());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("offset 7, now offset 8") != std::string::npos);
}

TEST_CASE("an export that is not finished is not taken for one") {
  TemporaryFolder folder;
  const Crate crate{folder.path() / "crate"};
  const auto read = check(crate, [](auto) {});
  REQUIRE_FALSE(read);
  CHECK(read.error().code == ErrorCode::kNotFound);
}
