// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <boost/json.hpp>
#include <cmath>

#include "apps/commands.h"
#include "apps/csv_cell.h"
#include "apps/progress.h"
#include "apps/training_source.h"

// Features and labels as a table, for a notebook to start from the rows that `handrail train` starts from.
namespace handrail {
namespace {

namespace json = boost::json;

// What each column is, beside the table.
json::object schema_of(const training::Extracted& extracted) {
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

void print_names(std::FILE* out, const training::TrainingSet& set) {
  fmt::print(out, "visitor,journey,at,prefix,events_left,weight,is_exit");
  for (const auto& names : {set.number_names, set.category_names}) {
    for (const std::string& name : names) fmt::print(out, ",{}", csv_cell(name));
  }
  fmt::print(out, "\n");
}

// Numbers in as many digits as give the same float again; missing: nothing. Categories are hashes in hex.
void print_row(std::FILE* out, const training::TrainingSet& set, std::size_t row) {
  const auto& about = set.rows[row];
  fmt::print(out, "{:016x},{:016x},{},{},{},{},{}", about.visitor, about.journey, about.at, about.prefix,
             about.events_left, about.weight, about.is_exit ? 1 : 0);
  for (std::size_t i = 0; i < set.number_names.size(); ++i) {
    const float value = set.numbers_of(row)[i];
    std::isnan(value) ? fmt::print(out, ",") : fmt::print(out, ",{}", value);
  }
  for (std::size_t i = 0; i < set.category_names.size(); ++i) {
    const std::uint64_t value = set.categories_of(row)[i];
    value == training::TrainingSet::kMissingCategory ? fmt::print(out, ",") : fmt::print(out, ",{:016x}", value);
  }
  fmt::print(out, "\n");
}

}  // namespace

int run_training_set(const LoadedConfig& loaded, const TrainingSetFlags& flags) {
  auto source = open_training_source(loaded, flags.source);
  if (!source) return failed(source.error());
  Progress progress("reading");
  source->options.on_progress = [&](double share, const std::string& words) { return progress.at(share, words), true; };
  auto extracted = training::extract(*source->events, source->options);
  progress.finish();
  if (!extracted) return failed(extracted.error());
  std::FILE* out = std::fopen(flags.out.c_str(), "w");
  std::FILE* schema = std::fopen((flags.out + ".schema.json").c_str(), "w");
  if (out == nullptr || schema == nullptr) return failed({ErrorCode::kInvalidArgument, "cannot write " + flags.out});
  print_names(out, extracted->set);
  for (std::size_t row = 0; row < extracted->set.size(); ++row) print_row(out, extracted->set, row);
  fmt::print(schema, "{}\n", json::serialize(schema_of(*extracted)));
  const bool is_written = std::fclose(out) == 0 && std::fclose(schema) == 0;
  if (!is_written) return failed({ErrorCode::kInternal, flags.out + " could not be written whole"});
  fmt::print("{} rows of {} journeys ({} goals, {} exits) in {}, its columns in {}.schema.json\n",
             extracted->set.size(), extracted->counts.goals + extracted->counts.exits, extracted->counts.goals,
             extracted->counts.exits, flags.out, flags.out);
  return kOk;
}

}  // namespace handrail
