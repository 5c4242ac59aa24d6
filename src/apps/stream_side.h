// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/kafka/client.h"
#include "apps/cloud.h"
#include "ports/news_stream.h"
#include "ports/record_sink.h"
#include "telemetry/metrics.h"

namespace handrail {

// The two streams as gateways and engines use them, whoever runs them: one takes records, the other tells news.
class StreamSide {
 public:
  virtual ~StreamSide() = default;
  virtual RecordSink& sink() = 0;
  virtual const OwnAppends& own() const = 0;
  virtual NewsSender& news() = 0;
  // For gateways: what is told from now on.
  virtual Result<std::unique_ptr<NewsReader>> listen() = 0;
  virtual void publish_metrics(telemetry::Metrics& metrics) = 0;
  // The longest that a record stays in the stream; nothing: for good. Asks the service.
  virtual Result<std::optional<Millis>> longest_kept() = 0;
  virtual std::string durability() const = 0;  // what an acknowledgement rests on
  virtual std::string name() const = 0;        // for people
  virtual void stop() = 0;                     // after what waits
};

// Told once, on a thread of the side's own, that it can do nothing more, and why: the process is to end, and another
// one to go on in its place.
using StreamFailed = std::function<void(const Error&)>;

std::unique_ptr<StreamSide> kinesis_side(Cloud& cloud, const Config& config);
// Makes the topics that are missing. kConflict where the number of partitions is another than it was: visitors would
// change places.
Result<std::unique_ptr<StreamSide>> kafka_side(Cloud& cloud, const Config& config, const Clock& clock,
                                               StreamFailed failed);
// By stream.kind.
Result<std::unique_ptr<StreamSide>> configured_side(Cloud& cloud, const Config& config, const Clock& clock,
                                                    StreamFailed failed);

Result<kafka::ConnectionOptions> kafka_connection(const Config& config);

}  // namespace handrail
