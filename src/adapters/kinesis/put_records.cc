// SPDX-License-Identifier: Apache-2.0
#include "adapters/kinesis/put_records.h"

#include "adapters/aws/text.h"
#include "adapters/kinesis/kinesis_api.h"
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
  auto answer = call(client, "PutRecords", {{"StreamName", stream}, {"Records", std::move(records)}});
  if (!answer) return pass_on(answer);
  const json::array& results = aws::array_at(*answer, "Records");
  if (results.size() != messages.size())
    return fail(ErrorCode::kCorrupt, "Kinesis answers PutRecords with something else than a result a record");
  Outcomes outcomes;
  for (const json::value& result : results) {
    std::string sequence = aws::member(result, {"SequenceNumber"});
    sequence.empty() ? outcomes.emplace_back(tl::unexpected(error_in(result)))
                     : outcomes.emplace_back(std::move(sequence));
  }
  return outcomes;
}

}  // namespace handrail::kinesis
