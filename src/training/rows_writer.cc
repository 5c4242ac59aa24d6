// SPDX-License-Identifier: Apache-2.0
#include "training/rows_writer.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <iterator>

#include "base/csv_cell.h"

namespace handrail::training {
namespace {

namespace json = boost::json;

json::object schema_of(const Extracted& extracted) {
  json::array columns;
  const std::pair<const char*, const char*> about[] = {
      {"visitor", "hash; keep a visitor's rows on one side of a split"},
      {"journey", "hash"},
      {"at", "when the event happened, ms since 1970 in UTC"},
      {"prefix", "events of the journey so far"},
      {"events_left", "events until its end; not known then: no feature"},
      {"weight", "of the row"},
      {"is_exit", "the label: 1, the journey ended without its goal"}};
  for (const auto& [name, words] : about)
    columns.push_back(json::object{{"name", name}, {"kind", "about"}, {"words", words}});
  for (const std::string& name : extracted.set.number_names)
    columns.push_back(json::object{{"name", name}, {"kind", "number"}});
  for (const std::string& name : extracted.set.category_names)
    columns.push_back(json::object{{"name", name}, {"kind", "category"}});
  json::array properties;
  for (const core::Property& property : extracted.recipe.properties) {
    properties.push_back(json::object{{"path", property.path},
                                      {"kind", property.kind == core::PropertyKind::kNumber ? "number" : "category"}});
  }
  json::array types;
  for (const std::string& type : extracted.recipe.types) types.push_back(json::string(type));
  return {{"schemaHash", fmt::format("{:016x}", core::schema_hash(extracted.recipe))},
          {"featuresVersion", extracted.recipe.version},
          {"rows", extracted.set.size()},
          {"properties", std::move(properties)},
          {"types", std::move(types)},
          {"columns", std::move(columns)}};
}

}  // namespace

std::string rows_header(const TrainingSet& set) {
  std::string line = "visitor,journey,at,prefix,events_left,weight,is_exit";
  for (const auto* names : {&set.number_names, &set.category_names}) {
    for (const std::string& name : *names) line += "," + csv_cell(name);
  }
  return line + "\n";
}

std::string rows_line(const TrainingSet& set, std::size_t row) {
  const auto& about = set.rows[row];
  std::string line = fmt::format("{:016x},{:016x},{},{},{},{},{}", about.visitor, about.journey, about.at, about.prefix,
                                 about.events_left, about.weight, about.is_exit ? 1 : 0);
  const auto end = std::back_inserter(line);
  for (std::size_t i = 0; i < set.number_names.size(); ++i) {
    line += ',';
    add_csv_number(line, set.numbers_of(row)[i]);
  }
  for (std::size_t i = 0; i < set.category_names.size(); ++i) {
    const std::uint64_t value = set.categories_of(row)[i];
    value == TrainingSet::kMissingCategory ? fmt::format_to(end, ",") : fmt::format_to(end, ",{:016x}", value);
  }
  return line + "\n";
}

std::string rows_schema(const Extracted& extracted) { return json::serialize(schema_of(extracted)) + "\n"; }

}  // namespace handrail::training
