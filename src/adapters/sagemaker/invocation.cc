// SPDX-License-Identifier: Apache-2.0
#include "adapters/sagemaker/invocation.h"

#include <boost/json.hpp>
#include <charconv>
#include <optional>

#include "base/csv_cell.h"
#include "base/text.h"

namespace handrail::sagemaker {
namespace {

namespace json = boost::json;

constexpr std::size_t kWordsMax = 300;  // of a container's message, which may be a whole traceback

Result<std::vector<double>> no_scores(const std::string& why) {
  return fail(ErrorCode::kCorrupt, "the endpoint's answer " + why);
}

Result<std::vector<double>> csv_scores(std::string_view body) {
  std::vector<double> scores;
  for (std::size_t at = 0; at <= body.size();) {
    const std::size_t end = std::min(body.find_first_of(",\n", at), body.size());
    const std::string_view cell = trimmed(body.substr(at, end - at));
    double score = 0;
    const auto [read, ec] = std::from_chars(cell.data(), cell.data() + cell.size(), score);
    if (ec != std::errc{} || read != cell.data() + cell.size()) return no_scores("holds what is no number");
    scores.push_back(score);
    at = end + 1;
  }
  return scores;
}

std::optional<double> score_of(const json::value& item) {
  const json::value* score = item.is_object() ? item.get_object().if_contains("score") : &item;
  if (score == nullptr || !score->is_number()) return std::nullopt;
  return score->to_number<double>();
}

Result<std::vector<double>> json_scores(std::string_view body) {
  boost::system::error_code ec;
  const json::value answer = json::parse(body, ec);
  if (ec) return no_scores("is no JSON");
  const json::value* list = answer.is_object() ? answer.get_object().if_contains("predictions") : &answer;
  if (list == nullptr || !list->is_array()) return no_scores("has no predictions");
  std::vector<double> scores;
  for (const json::value& item : list->get_array()) {
    const auto score = score_of(item);
    if (!score) return no_scores("holds a prediction without a score");
    scores.push_back(*score);
  }
  return scores;
}

ErrorCode code_of(const aws::ServiceError& refusal) {
  if (refusal.status == 0) return refusal.code;                                  // nothing was heard
  if (refusal.type == "ModelNotReadyException") return ErrorCode::kUnavailable;  // 429, while the model is loaded
  if (aws::is_throttle(refusal)) return ErrorCode::kLimitExceeded;
  // The container refused the row itself, or fell over it.
  if (refusal.type == "ModelError" || refusal.status == 424) return ErrorCode::kInvalidArgument;
  if (refusal.status >= 500) return ErrorCode::kUnavailable;  // InternalFailure, ServiceUnavailable
  return ErrorCode::kInvalidArgument;                         // ValidationError, signatures, credentials, permissions
}

}  // namespace

std::string rows_as_csv(std::span<const std::vector<float>> rows) {
  std::string out;
  for (const std::vector<float>& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += ',';
      add_csv_number(out, row[i]);
    }
    out += '\n';
  }
  return out;
}

Result<std::vector<double>> scores_in(std::string_view body, std::string_view content_type, std::size_t count) {
  const bool is_json = content_type.starts_with("application/json") && !content_type.starts_with("application/jsonl");
  auto scores = is_json ? json_scores(body) : csv_scores(trimmed(body));
  if (scores && scores->size() != count)
    return no_scores("has " + std::to_string(scores->size()) + " scores for " + std::to_string(count) + " rows");
  return scores;
}

Error as_error(const aws::ServiceError& refusal) {
  Error error = aws::error_of(refusal);
  error.code = code_of(refusal);
  error.message = "SageMaker InvokeEndpoint: " + error.message.substr(0, kWordsMax);
  return error;
}

}  // namespace handrail::sagemaker
