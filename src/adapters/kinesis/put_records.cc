// SPDX-License-Identifier: Apache-2.0
#include "adapters/kinesis/put_records.h"

#include <boost/json.hpp>

#include "adapters/aws/text.h"
#include "base/encoding.h"

namespace handrail::kinesis {

namespace json = boost::json;

namespace {

// "ProvisionedThroughputExceededException" and "InternalFailure" are of the moment.
Error error_in(const json::value& result) {
  return {ErrorCode::kUnavailable,
          "Kinesis: " + aws::member(result, {"ErrorCode"}) + ": " + aws::member(result, {"ErrorMessage"}),
          {},
          {}};
}

}  // namespace

Result<Outcomes> put_records(aws::Client& client, const std::string& stream, std::span<const Message> messages) {
  json::array records;
  for (const Message& message : messages)
    records.push_back(json::object{{"Data", to_base64(message.data)}, {"PartitionKey", message.key}});
  auto reply = client.call("Kinesis_20131202.PutRecords",
                           json::serialize(json::object{{"StreamName", stream}, {"Records", std::move(records)}}));
  if (!reply) {
    Error error = aws::error_of(reply.error());
    error.message = "Kinesis PutRecords: " + error.message;
    return tl::unexpected(std::move(error));
  }
  boost::system::error_code ec;
  const json::value answer = json::parse(*reply, ec);
  const json::value* results = ec || !answer.is_object() ? nullptr : answer.get_object().if_contains("Records");
  if (results == nullptr || !results->is_array() || results->get_array().size() != messages.size())
    return fail(ErrorCode::kCorrupt, "Kinesis answers PutRecords with something else than a result a record");
  Outcomes outcomes;
  for (const json::value& result : results->get_array()) {
    std::string sequence = aws::member(result, {"SequenceNumber"});
    sequence.empty() ? outcomes.emplace_back(tl::unexpected(error_in(result)))
                     : outcomes.emplace_back(std::move(sequence));
  }
  return outcomes;
}

}  // namespace handrail::kinesis
