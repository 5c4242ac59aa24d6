// SPDX-License-Identifier: Apache-2.0
#include "adapters/kinesis/kcl.h"

#include <boost/json.hpp>
#include <utility>

#include "adapters/aws/text.h"
#include "adapters/common/block_codec.h"

namespace handrail::kinesis {

namespace json = boost::json;

namespace {

using Kind = KclRequest::Kind;

constexpr std::pair<std::string_view, Kind> kActions[] = {
    {"initialize", Kind::kInitialize},
    {"processRecords", Kind::kRecords},
    {"leaseLost", Kind::kLeaseLost},
    {"shardEnded", Kind::kShardEnded},
    {"shutdownRequested", Kind::kShutdownRequested},
    {"checkpoint", Kind::kCheckpointed},
};

UnixMillis arrival_in(const json::value& record) {
  const json::value* at = record.get_object().if_contains("approximateArrivalTimestamp");
  return at != nullptr && at->is_number() ? at->to_number<UnixMillis>() : 0;
}

Result<std::vector<StreamBlock>> blocks_in(const json::object& request) {
  const json::value* records = request.if_contains("records");
  if (records == nullptr || !records->is_array())
    return fail(ErrorCode::kInvalidArgument, "processRecords has no \"records\"", "records");
  std::vector<StreamBlock> blocks;
  for (const json::value& record : records->get_array()) {
    std::string sequence = aws::member(record, {"sequenceNumber"});
    if (sequence.empty())
      return fail(ErrorCode::kInvalidArgument, "a record has no \"sequenceNumber\"", "sequenceNumber");
    blocks.push_back(delivered_block(std::move(sequence), aws::member(record, {"partitionKey"}), arrival_in(record),
                                     aws::member(record, {"data"})));
  }
  return blocks;
}

}  // namespace

Result<KclRequest> kcl_request(std::string_view line) {
  boost::system::error_code ec;
  const json::value value = json::parse(line, ec);
  if (ec || !value.is_object()) return fail(ErrorCode::kInvalidArgument, "a line is no JSON object");
  KclRequest request;
  request.action = aws::member(value, {"action"});
  const auto* known = std::ranges::find(kActions, request.action, &std::pair<std::string_view, Kind>::first);
  if (known == std::end(kActions))
    return fail(ErrorCode::kInvalidArgument, "the action \"" + request.action + "\" is unknown", "action");
  request.kind = known->second;
  request.shard = aws::member(value, {"shardId"});
  request.error = aws::member(value, {"error"});
  if (request.kind != Kind::kRecords) return request;
  auto blocks = blocks_in(value.get_object());
  if (!blocks) return pass_on(blocks);
  request.blocks = std::move(*blocks);
  return request;
}

std::string kcl_status(const KclRequest& request) {
  return json::serialize(json::object{{"action", "status"}, {"responseFor", request.action}});
}

std::string kcl_checkpoint(const std::optional<std::string>& sequence) {
  json::object out{{"action", "checkpoint"}, {"sequenceNumber", nullptr}, {"subSequenceNumber", nullptr}};
  if (sequence) {
    out["sequenceNumber"] = *sequence;
    out["subSequenceNumber"] = 0;
  }
  return json::serialize(out);
}

}  // namespace handrail::kinesis
