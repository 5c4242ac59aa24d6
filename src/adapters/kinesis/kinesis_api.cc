// SPDX-License-Identifier: Apache-2.0
#include "adapters/kinesis/kinesis_api.h"

namespace handrail::kinesis {

Result<Millis> longest_kept(aws::Client& client, const std::string& stream) {
  auto answer = call(client, "DescribeStreamSummary", {{"StreamName", stream}});
  if (!answer) return pass_on(answer);
  const auto& summary = aws::object_at(*answer, "StreamDescriptionSummary");
  const boost::json::value* hours = summary.if_contains("RetentionPeriodHours");
  if (hours == nullptr || !hours->is_int64())
    return fail(ErrorCode::kCorrupt, "Kinesis says no RetentionPeriodHours of the stream " + stream);
  return hours->get_int64() * kHour;
}

}  // namespace handrail::kinesis
