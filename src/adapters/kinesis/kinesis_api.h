// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/aws/json_api.h"
#include "base/time.h"

namespace handrail::kinesis {

inline Result<boost::json::object> call(aws::Client& client, const std::string& operation,
                                        const boost::json::object& request) {
  return aws::call(client, {"Kinesis", "Kinesis_20131202."}, operation, request);
}

// How long a record stays in the stream.
Result<Millis> longest_kept(aws::Client& client, const std::string& stream);

}  // namespace handrail::kinesis
