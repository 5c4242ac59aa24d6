// SPDX-License-Identifier: Apache-2.0
#include "adapters/lambda/event.h"

#include <boost/json.hpp>

#include "adapters/aws/text.h"
#include "adapters/common/block_codec.h"

namespace handrail::lambda {

namespace json = boost::json;

namespace {

tl::unexpected<Error> refused(const std::string& why) {
  return fail(ErrorCode::kInvalidArgument, "the event is none of Kinesis' or the scheduler's: " + why);
}

// "approximateArrivalTimestamp" is in seconds with a fraction.
UnixMillis arrival_in(const json::object& kinesis) {
  const json::value* at = kinesis.if_contains("approximateArrivalTimestamp");
  if (at == nullptr || !at->is_number()) return 0;
  return static_cast<UnixMillis>(at->to_number<double>() * kSecond);
}

Result<StreamBlock> block_in(const json::value& record) {
  const json::value* kinesis = record.is_object() ? record.get_object().if_contains("kinesis") : nullptr;
  if (kinesis == nullptr || !kinesis->is_object()) return refused("a record has no \"kinesis\"");
  std::string sequence = aws::member(*kinesis, {"sequenceNumber"});
  if (sequence.empty()) return refused("a record has no \"sequenceNumber\"");
  return delivered_block(std::move(sequence), aws::member(*kinesis, {"partitionKey"}),
                         arrival_in(kinesis->get_object()), aws::member(*kinesis, {"data"}));
}

}  // namespace

Result<FunctionEvent> function_event(std::string_view text) {
  boost::system::error_code ec;
  const json::value event = json::parse(text, ec);
  if (ec || !event.is_object()) return refused("it is no JSON object");
  if (aws::member(event, {"source"}) == "aws.scheduler" || aws::member(event, {"source"}) == "aws.events" ||
      aws::member(event, {"handrail"}) == "sweep")
    return FunctionEvent{FunctionEvent::Kind::kSweep, {}};
  const json::value* records = event.get_object().if_contains("Records");
  if (records == nullptr || !records->is_array()) return refused("it has no \"Records\"");
  FunctionEvent out;
  for (const json::value& record : records->get_array()) {
    auto block = block_in(record);
    if (!block) return pass_on(block);
    out.blocks.push_back(std::move(*block));
  }
  return out;
}

std::string batch_response(const std::vector<StreamBlock>& blocks, const std::vector<std::size_t>& failed) {
  json::array items;
  for (const std::size_t place : failed) items.push_back(json::object{{"itemIdentifier", blocks[place].sequence}});
  return json::serialize(json::object{{"batchItemFailures", std::move(items)}});
}

}  // namespace handrail::lambda
