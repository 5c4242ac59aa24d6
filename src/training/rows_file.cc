// SPDX-License-Identifier: Apache-2.0
#include "training/rows_file.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <unordered_set>

#include "core/journey/trail.h"
#include "training/sources/csv_reader.h"
#include "training/split.h"

namespace handrail::training {
namespace {

namespace json = boost::json;

const std::vector<std::string> kAbout = {"visitor", "journey", "at", "prefix", "events_left", "weight", "is_exit"};

tl::unexpected<Error> wrong_schema(const std::string& member, const std::string& what) {
  return fail(ErrorCode::kInvalidArgument,
              "schema: " + member + " " + what + ": give the file that `handrail training-set` wrote beside the rows",
              member);
}

const json::array* array_at(const json::object& from, std::string_view name) {
  const json::value* found = from.if_contains(name);
  return found == nullptr ? nullptr : found->if_array();
}

std::string text_at(const json::object& from, std::string_view name) {
  const json::value* found = from.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string{};
}

std::optional<std::uint64_t> count_at(const json::object& from, std::string_view name) {
  const json::value* found = from.if_contains(name);
  if (found == nullptr || !found->is_int64() || found->get_int64() < 0) return std::nullopt;
  return static_cast<std::uint64_t>(found->get_int64());
}

Result<std::vector<core::Property>> properties_in(const json::object& document) {
  const json::array* listed = array_at(document, "properties");
  if (listed == nullptr || listed->size() > core::Trail::kPropertiesMax)
    return wrong_schema("properties", "is no list of at most " + std::to_string(core::Trail::kPropertiesMax));
  std::vector<core::Property> properties;
  for (const json::value& one : *listed) {
    const std::string kind = one.is_object() ? text_at(one.get_object(), "kind") : "";
    if (kind != "number" && kind != "category")
      return wrong_schema("properties", "holds one that is neither number nor category");
    core::Property& property = properties.emplace_back();
    property.path = text_at(one.get_object(), "path");
    property.kind = kind == "number" ? core::PropertyKind::kNumber : core::PropertyKind::kCategory;
  }
  return properties;
}

Result<std::vector<std::string>> types_in(const json::object& document) {
  const json::array* listed = array_at(document, "types");
  if (listed == nullptr || listed->size() > core::FeatureRecipe::kTypesMax)
    return wrong_schema("types", "is no list of at most " + std::to_string(core::FeatureRecipe::kTypesMax));
  std::vector<std::string> types;
  for (const json::value& one : *listed) {
    if (!one.is_string()) return wrong_schema("types", "holds what is no text");
    types.emplace_back(one.get_string());
  }
  return types;
}

std::string hex_of(std::uint64_t value) {
  char digits[17] = {};
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value));
  return digits;
}

// Rows one after the other into a set, each checked.
class RowsFile {
 public:
  RowsFile(const RowsSchema& schema, Extracted& out) : schema_(schema), set_(out.set) {
    set_.number_names = core::number_names(schema.recipe);
    set_.category_names = core::category_names(schema.recipe);
    columns_ = kAbout;
    columns_.insert(columns_.end(), set_.number_names.begin(), set_.number_names.end());
    columns_.insert(columns_.end(), set_.category_names.begin(), set_.category_names.end());
  }

  Result<void> read(std::unique_ptr<Input> table) {
    auto reader = CsvReader::open(std::move(table), columns_);
    if (!reader) return pass_on(reader);
    while (true) {
      const auto next = (*reader)->next(row_);
      if (!next) return pass_on(next);
      if (*next == RowReader::Next::kEnd) break;
      if (*next == RowReader::Next::kBadRow) return wrong(row_.fault);
      if (set_.size() == kRowsMax)
        return fail(ErrorCode::kLimitExceeded, "rows: a table has " + std::to_string(kRowsMax) + " rows at most",
                    "rows", kRowsMax);
      if (auto taken = take(); !taken) return taken;
    }
    if (set_.size() == schema_.rows) return {};
    return fail(ErrorCode::kInvalidArgument,
                "rows: the table has " + std::to_string(set_.size()) + " rows, its schema says " +
                    std::to_string(schema_.rows) + ": give both files as `handrail training-set` wrote them",
                "rows");
  }

 private:
  tl::unexpected<Error> wrong(const std::string& what, const std::string& column = {}) const {
    return fail(ErrorCode::kInvalidArgument,
                "rows: line " + std::to_string(row_.line) + ": " + (column.empty() ? "" : "\"" + column + "\" ") + what,
                column.empty() ? "rows" : column);
  }

  template <class T, class... How>
  bool read_cell(std::size_t column, T& out, How... how) const {
    const std::string& cell = row_.cells[column];
    const auto [end, ec] = std::from_chars(cell.data(), cell.data() + cell.size(), out, how...);
    return ec == std::errc{} && end == cell.data() + cell.size();
  }

  Result<void> take() {
    TrainingSet::Row about;
    unsigned label = 0;
    const bool are_read[] = {read_cell(0, about.visitor, 16),
                             read_cell(1, about.journey, 16),
                             read_cell(2, about.at),
                             read_cell(3, about.prefix),
                             read_cell(4, about.events_left),
                             read_cell(5, about.weight),
                             read_cell(6, label)};
    for (std::size_t i = 0; i < kAbout.size(); ++i) {
      if (!are_read[i])
        return wrong("is \"" + row_.cells[i] + "\", which `handrail training-set` writes nowhere", kAbout[i]);
    }
    if (!(about.weight > 0) || !std::isfinite(about.weight)) return wrong("must be above 0", "weight");
    if (label > 1) return wrong("is 0 or 1", "is_exit");
    about.is_exit = label == 1;
    if (auto ordered = check_order(about); !ordered) return ordered;
    set_.rows.push_back(about);
    return take_features();
  }

  Result<void> check_order(const TrainingSet::Row& row) {
    const bool goes_on = !set_.rows.empty() && set_.rows.back().journey == row.journey;
    const bool is_in_order = goes_on ? row.prefix >= set_.rows.back().prefix && row.visitor == set_.rows.back().visitor
                                     : row.at >= begun_at_ && journeys_.insert(row.journey).second;
    if (!goes_on) begun_at_ = row.at;
    if (is_in_order) return {};
    return wrong(
        "stands where it was not written: a journey's rows stand together, journeys by time. Sort and drop "
        "rows in the notebook alone");
  }

  Result<void> take_features() {
    std::size_t column = kAbout.size();
    for (std::size_t i = 0; i < set_.number_names.size(); ++i, ++column) {
      float value = std::numeric_limits<float>::quiet_NaN();
      if (!row_.cells[column].empty() && !read_cell(column, value)) return wrong("is no number", columns_[column]);
      set_.numbers.push_back(value);
    }
    for (std::size_t i = 0; i < set_.category_names.size(); ++i, ++column) {
      std::uint64_t value = TrainingSet::kMissingCategory;
      if (!row_.cells[column].empty() && !read_cell(column, value, 16))
        return wrong("is no hash in hex: read it as text, not as a number", columns_[column]);
      set_.categories.push_back(value);
    }
    return {};
  }

  const RowsSchema& schema_;
  TrainingSet& set_;
  std::vector<std::string> columns_;
  Row row_;
  std::unordered_set<std::uint64_t> journeys_;
  UnixMillis begun_at_ = std::numeric_limits<UnixMillis>::min();  // the newest journey
};

void count(Extracted& rows) {
  RowNumbers all(rows.set.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const Labels labels = labels_of(rows.set, all);
  ExtractionCounts& counts = rows.counts;
  counts.exits = labels.exits;
  counts.goals = labels.others;
  counts.journeys = labels.exits + labels.others;
  counts.from = counts.to = rows.set.rows.front().at;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const TrainingSet::Row& row = rows.set.rows[i];
    counts.from = std::min(counts.from, row.at);
    counts.to = std::max(counts.to, row.at);
    const bool is_first = i == 0 || rows.set.rows[i - 1].journey != row.journey;
    counts.weighted += is_first && row.weight > 1 ? 1 : 0;
  }
}

}  // namespace

Result<RowsSchema> rows_schema_in(std::string_view text) {
  if (text.size() > kSchemaBytesMax)
    return fail(ErrorCode::kLimitExceeded, "schema: has more than 4 MiB", "schema", kSchemaBytesMax);
  boost::system::error_code ec;
  const json::value parsed = json::parse(text, ec);
  if (ec || !parsed.is_object()) return wrong_schema("schema", "is no JSON object");
  const json::object& document = parsed.get_object();
  const auto version = count_at(document, "featuresVersion"), rows = count_at(document, "rows");
  if (!version || *version != core::FeatureRecipe::kVersion)
    return fail(ErrorCode::kInvalidArgument,
                "schema: featuresVersion is " + (version ? std::to_string(*version) : "no count") +
                    "; this program makes version " + std::to_string(core::FeatureRecipe::kVersion) +
                    ": write the training set again, and train on it",
                "featuresVersion");
  if (!rows) return wrong_schema("rows", "is no count");
  auto properties = properties_in(document);
  if (!properties) return pass_on(properties);
  auto types = types_in(document);
  if (!types) return pass_on(types);
  RowsSchema schema;
  schema.rows = *rows;
  schema.recipe.properties = std::move(*properties);
  schema.recipe.types = std::move(*types);
  if (const std::string said = text_at(document, "schemaHash"), hash = hex_of(core::schema_hash(schema.recipe));
      said != hash)
    return wrong_schema("schemaHash", "is \"" + said + "\", and that of its properties and types " + hash);
  return schema;
}

Result<Extracted> read_rows(std::unique_ptr<Input> table, const RowsSchema& schema) {
  Extracted out;
  out.recipe = schema.recipe;
  if (auto read = RowsFile(schema, out).read(std::move(table)); !read) return pass_on(read);
  if (out.set.size() == 0) return fail(ErrorCode::kInvalidArgument, "rows: the table has none", "rows");
  count(out);
  return out;
}

}  // namespace handrail::training
