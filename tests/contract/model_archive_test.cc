// SPDX-License-Identifier: Apache-2.0
#include "adapters/xgboost/model_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <doctest/doctest.h>

#include <random>

// SageMaker's archives: our own, those of other packers, and hostile ones.
using namespace handrail;
using namespace handrail::xgboost;

namespace {

struct Entry {
  std::string name;
  std::string bytes = "{\"learner\":1}";
  unsigned kind = AE_IFREG;
  std::string link = {};
  bool is_hard_link = false;
};

la_ssize_t append(archive*, void* to, const void* bytes, std::size_t count) {
  static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), count);
  return static_cast<la_ssize_t>(count);
}

std::string packed(const std::vector<Entry>& entries, int (*filter)(archive*) = archive_write_add_filter_gzip,
                   int (*format)(archive*) = archive_write_set_format_pax) {
  std::string out;
  archive* a = archive_write_new();
  REQUIRE(format(a) == ARCHIVE_OK);
  REQUIRE(filter(a) == ARCHIVE_OK);
  REQUIRE(archive_write_open(a, &out, nullptr, append, nullptr) == ARCHIVE_OK);
  for (const Entry& one : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, one.name.c_str());
    archive_entry_set_filetype(entry, one.kind);
    archive_entry_set_perm(entry, 0644);
    if (!one.link.empty() && one.is_hard_link) archive_entry_set_hardlink(entry, one.link.c_str());
    if (!one.link.empty() && !one.is_hard_link) archive_entry_set_symlink(entry, one.link.c_str());
    const bool has_bytes = one.kind == AE_IFREG && one.link.empty();
    archive_entry_set_size(entry, has_bytes ? static_cast<la_int64_t>(one.bytes.size()) : 0);
    REQUIRE(archive_write_header(a, entry) == ARCHIVE_OK);
    if (has_bytes) archive_write_data(a, one.bytes.data(), one.bytes.size());
    archive_entry_free(entry);
  }
  REQUIRE(archive_write_close(a) == ARCHIVE_OK);
  archive_write_free(a);
  return out;
}

Error error_of(const std::string& archive, const ArchiveLimits& limits = {}) {
  const auto model = model_in_archive(archive, limits);
  REQUIRE_FALSE(model);
  return model.error();
}

bool has(const std::string& text, const char* part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

std::string random_bytes(std::size_t count) {
  std::mt19937 random(3);
  std::string bytes;
  while (bytes.size() < count) bytes += static_cast<char>(random());
  return bytes;
}

}  // namespace

TEST_CASE("a model that is packed comes out the same, and the same model gives the same archive") {
  for (const std::size_t size : {std::size_t{1}, std::size_t{511}, std::size_t{512}, std::size_t{300'000}}) {
    const std::string file = "{" + random_bytes(size);
    const auto archive = archive_of_model(file);
    REQUIRE(archive);
    CHECK(is_archive(*archive));
    CHECK(*archive == *archive_of_model(file));
    const auto model = model_in_archive(*archive);
    REQUIRE_MESSAGE(model, model.error().message);
    CHECK(model->name == "xgboost-model");
    CHECK(model->file == file);
    CHECK(model->left_out.empty());
  }
  CHECK_FALSE(is_archive("{\"learner\""));
  CHECK_FALSE(is_archive(""));
}

TEST_CASE("archives of other packers are read: folders, other files, a tar without gzip, GNU's form") {
  const std::vector<Entry> entries = {
      {"./", {}, AE_IFDIR}, {"./xgboost-model"}, {"code/inference.py", "import os"}, {"metrics.json", "{}"}};
  for (const auto format :
       {archive_write_set_format_pax, archive_write_set_format_gnutar, archive_write_set_format_ustar}) {
    for (const auto filter : {archive_write_add_filter_gzip, archive_write_add_filter_none}) {
      const std::string archive = packed(entries, filter, format);
      CHECK(is_archive(archive));
      const auto model = model_in_archive(archive);
      REQUIRE_MESSAGE(model, model.error().message);
      CHECK(model->file == "{\"learner\":1}");
      CHECK(model->left_out == std::vector<std::string>{"code/inference.py", "metrics.json"});
    }
  }
}

TEST_CASE("without an xgboost-model, the one file that ends in .json or .ubj is it") {
  const auto model = model_in_archive(packed({{"booster.ubj"}, {"readme.txt"}}));
  REQUIRE(model);
  CHECK(model->name == "booster.ubj");
  CHECK(has(error_of(packed({{"a.json"}, {"b.ubj"}})).message, "holds several models: \"a.json\" and \"b.ubj\""));
  CHECK(has(error_of(packed({{"xgboost-model"}, {"./xgboost-model"}})).message, "holds several models"));
  CHECK(has(error_of(packed({{"xgboost-model-0"}, {"xgboost-model-1"}})).message, "holds no xgboost-model, but"));
  CHECK(has(error_of(packed({{"deep/xgboost-model"}})).message, "holds no xgboost-model"));
  CHECK(has(error_of(packed({})).message, "holds no xgboost-model; it is empty"));
  CHECK(has(error_of(packed({{"xgboost-model", ""}})).message, "is empty"));
}

TEST_CASE("a pickle is refused, with the way to save it again") {
  for (const char* pickle : {"\x80\x03"
                             "cxgboost.core\nBooster\n",
                             "ccopy_reg\n_reconstructor\n"}) {
    const Error error = error_of(packed({{"xgboost-model", pickle}}));
    CHECK(error.code == ErrorCode::kInvalidArgument);
    CHECK(has(error.message, "is a pickle of Python's"));
    CHECK(has(error.message, "save_model"));
  }
}

TEST_CASE("paths that lead outside are refused") {
  for (const char* name : {"/etc/passwd", "../xgboost-model", "a/../../xgboost-model", "a/..", "..\\xgboost-model"}) {
    CAPTURE(name);
    CHECK(has(error_of(packed({{"xgboost-model"}, {name}})).message, "leads outside the archive"));
  }
  CHECK(model_in_archive(packed({{"xgboost-model"}, {"a..b/..c"}})));
}

TEST_CASE("links and devices are refused") {
  CHECK(has(error_of(packed({{"xgboost-model", {}, AE_IFLNK, "/etc/passwd"}})).message, "is a link"));
  CHECK(has(error_of(packed({{"a"}, {"xgboost-model", {}, AE_IFREG, "a", true}})).message, "is a link"));
  CHECK(has(error_of(packed({{"xgboost-model", {}, AE_IFIFO}})).message, "is neither a file nor a folder"));
  CHECK(has(error_of(packed({{"xgboost-model", {}, AE_IFCHR}})).message, "is neither a file nor a folder"));
}

TEST_CASE("a bomb ends at the limit, wherever in the archive it lies") {
  const std::string zeros(8 << 20, '\0');
  for (const char* name : {"xgboost-model", "other"}) {
    const std::string archive = packed({{name, zeros}, {"model.json"}});
    CHECK(archive.size() < 100'000);
    const Error error = error_of(archive, {.unpacked_bytes_max = 1 << 20});
    CHECK(error.code == ErrorCode::kLimitExceeded);
    CHECK(has(error.message, "unpacks to more than "));
    CHECK(error_of(packed({{name, zeros}}, archive_write_add_filter_none), {.unpacked_bytes_max = 1 << 20}).limit ==
          1 << 20);
  }
  std::vector<Entry> many;
  for (int i = 0; i < 101; ++i) many.push_back({"f" + std::to_string(i), {}, AE_IFDIR});
  CHECK(has(error_of(packed(many)).message, "has more than 100 entries"));
}

TEST_CASE("an archive that is cut short anywhere is refused, and so are bytes that are none") {
  const std::string whole = *archive_of_model("{" + random_bytes(20'000));
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    CAPTURE(size);
    CHECK_FALSE(model_in_archive(whole.substr(0, size)));
  }
  CHECK(error_of(whole.substr(0, whole.size() / 2)).code == ErrorCode::kCorrupt);
  CHECK(error_of(whole + "x").code == ErrorCode::kCorrupt);
  CHECK_FALSE(model_in_archive("no archive at all"));
  CHECK_FALSE(model_in_archive(random_bytes(5000)));
}

TEST_CASE("no flipped byte breaks the reader") {
  const std::string whole = packed({{"xgboost-model", "{" + random_bytes(2'000)}, {"a/b", "c"}});
  const std::string plain =
      packed({{"xgboost-model", "{" + random_bytes(2'000)}, {"a/b", "c"}}, archive_write_add_filter_none);
  std::mt19937 random(5);
  for (int i = 0; i < 4000; ++i) {
    std::string hurt = i % 2 == 0 ? whole : plain;
    for (unsigned n = 1 + random() % 3; n > 0; --n) hurt[random() % hurt.size()] = static_cast<char>(random());
    const auto model = model_in_archive(hurt, {.unpacked_bytes_max = 1 << 20});
    if (model) CHECK(model->file.size() <= 1 << 20);
    if (model && i % 2 == 0) CHECK(model->file == model_in_archive(whole)->file);  // gzip's checksum
  }
}
