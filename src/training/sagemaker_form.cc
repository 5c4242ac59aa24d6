// SPDX-License-Identifier: Apache-2.0
#include "training/sagemaker_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "adapters/xgboost/model_archive.h"
#include "adapters/xgboost/model_writer.h"

namespace handrail::training {
namespace {

namespace json = boost::json;

json::object json_of(const core::CategoryEncoding& encoding) {
  json::object values;
  for (const auto& [category, share] : encoding.values) values[fmt::format("{:016x}", category)] = share;
  return {{"name", encoding.column}, {"kind", "category"}, {"unseen", encoding.unseen}, {"values", std::move(values)}};
}

}  // namespace

Result<std::string> sagemaker_archive(const core::ExitParts& parts) {
  auto file = xgboost::model_json(parts.trees, parts.base_margin, parts.columns);
  if (!file) return pass_on(file);
  return xgboost::archive_of_model(*file);
}

std::string columns_document(const core::ExitParts& parts) {
  json::array columns, calibration;
  for (const std::string& column : parts.columns) {
    const auto encoding = std::ranges::find(parts.encodings, column, &core::CategoryEncoding::column);
    columns.push_back(encoding == parts.encodings.end() ? json::object{{"name", column}, {"kind", "number"}}
                                                        : json_of(*encoding));
  }
  for (const core::MarginStep& step : parts.calibration)
    calibration.push_back(json::object{
        {"margin", step.margin},
        {"exitProbability", static_cast<double>(step.probability) / static_cast<double>(core::kProbabilityOne)}});
  return json::serialize(json::object{{"name", parts.name},
                                      {"schemaHash", fmt::format("{:016x}", core::schema_hash(parts.recipe))},
                                      {"columns", std::move(columns)},
                                      {"calibration", std::move(calibration)}}) +
         "\n";
}

}  // namespace handrail::training
