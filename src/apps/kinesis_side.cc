// SPDX-License-Identifier: Apache-2.0
#include "adapters/kinesis/kinesis_api.h"
#include "apps/stream_side.h"

namespace handrail {
namespace {

using kinesis::KinesisSinkCounters;

class KinesisSide final : public StreamSide {
 public:
  KinesisSide(Cloud& cloud, const Config& config) : cloud_(cloud), config_(config), sink_(cloud.make_sink()) {}

  RecordSink& sink() override { return *sink_; }
  const OwnAppends& own() const override { return *sink_; }
  NewsSender& news() override { return cloud_.news(); }
  Result<std::unique_ptr<NewsReader>> listen() override {
    auto reader = cloud_.open_news();
    if (!reader) return pass_on(reader);
    return std::unique_ptr<NewsReader>(std::move(*reader));
  }
  Result<std::optional<Millis>> longest_kept() override {
    auto kept = kinesis::longest_kept(cloud_.kinesis(), config_.kinesis.events_stream);
    if (!kept) return pass_on(kept);
    return std::optional(*kept);
  }
  std::string durability() const override { return "kinesis"; }
  std::string name() const override { return "the stream " + config_.kinesis.events_stream; }
  void stop() override { sink_->stop(); }

  void publish_metrics(telemetry::Metrics& metrics) override {
    const auto count = [&](const char* name, const char* help, std::atomic<std::uint64_t> KinesisSinkCounters::*which) {
      metrics.counter(name, help,
                      [sink = sink_.get(), which] { return static_cast<double>((sink->counters().*which).load()); });
    };
    count("handrail_kinesis_records_total", "Records that the stream took", &KinesisSinkCounters::records);
    count("handrail_kinesis_messages_total", "Messages that the stream took, each of one visitor's records",
          &KinesisSinkCounters::messages);
    count("handrail_kinesis_calls_total", "PutRecords calls", &KinesisSinkCounters::calls);
    count("handrail_kinesis_refused_messages_total", "Messages that a call did not take, and that went again",
          &KinesisSinkCounters::refused_messages);
    count("handrail_kinesis_failed_calls_total", "Calls that failed as a whole", &KinesisSinkCounters::failed_calls);
    count("handrail_kinesis_given_up_total", "Messages given up after kinesis.give_up_after_ms",
          &KinesisSinkCounters::given_up);
    metrics.gauge("handrail_kinesis_waiting_bytes", "Accepted and not yet taken by the stream",
                  [sink = sink_.get()] { return static_cast<double>(sink->waiting_bytes()); });
  }

 private:
  Cloud& cloud_;
  const Config& config_;
  std::unique_ptr<kinesis::KinesisSink> sink_;
};

}  // namespace

std::unique_ptr<StreamSide> kinesis_side(Cloud& cloud, const Config& config) {
  return std::make_unique<KinesisSide>(cloud, config);
}

Result<std::unique_ptr<StreamSide>> configured_side(Cloud& cloud, const Config& config, const Clock& clock,
                                                    StreamFailed failed) {
  if (config.stream.kind == "kafka") return kafka_side(cloud, config, clock, std::move(failed));
  return kinesis_side(cloud, config);
}

}  // namespace handrail
