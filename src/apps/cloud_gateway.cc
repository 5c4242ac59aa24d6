// SPDX-License-Identifier: Apache-2.0
#include "apps/cloud_gateway.h"

#include "apps/analysing.h"
#include "apps/assets.h"
#include "apps/gateway_options.h"
#include "telemetry/log.h"
#include "telemetry/stages.h"

namespace handrail {
namespace {

constexpr Millis kReadWithin = 5 * kSecond;        // a function may have to start, or be busy with others
constexpr Millis kErasedWithin = 24 * kHour;       // as on one machine
constexpr gateway::Comeback kComeback{100, 1100};  // others are up: at once, but not all in one moment

// Nothing can be erased from a stream: what it keeps for longer is what an operator should know.
void tell_of_retention(StreamSide& streams) {
  const auto kept = streams.longest_kept();
  if (kept && *kept && **kept <= kErasedWithin) return;
  const std::string span = !kept    ? "for how long is not known: " + kept.error().message
                           : !*kept ? "for good"
                                    : "for " + std::to_string(**kept / kHour) + " hours";
  telemetry::log_warning(streams.name() + " keeps records of erased visitors " + span + "; a day would do");
}

}  // namespace

Result<std::unique_ptr<CloudGateway>> CloudGateway::start(const Config& config, bool serve_demo, StreamFailed failed) {
  auto listen = parse_listen(config.server.listen);
  if (!listen) return pass_on(listen);
  auto options = gateway_options(config, *listen, serve_demo);
  if (!options) return pass_on(options);
  options->read_within = kReadWithin;
  options->comeback = kComeback;
  std::unique_ptr<CloudGateway> program(new CloudGateway);
  program->address_ = listen->in_url();
  program->is_open_ = options->guard.is_open;
  auto cloud = Cloud::make(config, program->clock_);
  if (!cloud) return pass_on(cloud);
  program->cloud_ = std::move(*cloud);
  Cloud& c = *program->cloud_;
  if (auto opened = c.open_lists(); !opened) return pass_on(opened);
  if (auto isolated = c.check_isolation(); !isolated) return pass_on(isolated);
  auto streams = configured_side(c, config, program->clock_, std::move(failed));
  if (!streams) return pass_on(streams);
  program->streams_ = std::move(*streams);
  tell_of_retention(*program->streams_);
  options->durability = program->streams_->durability();
  // Before the gateway takes up what is live: what is decided in between is heard.
  auto news = program->streams_->listen();
  if (!news) return pass_on(news);
  program->news_ = std::move(*news);
  program->sink_ = std::make_unique<SharedSink>(program->streams_->sink(), c.control_log());
  gateway::HubOptions hub_options;
  hub_options.chat_comes_folded = true;
  program->hub_ = std::make_unique<gateway::Hub>(hub_options, program->clock_, program->metrics_);
  program->timers_ = std::make_unique<DueTimers>(
      DueTimersOptions{}, DueTimers::Ports{c.state(), program->streams_->sink(), program->clock_});
  program->feed_ = std::make_unique<GatewayFeed>(
      GatewayFeedOptions{},
      GatewayFeed::Ports{c.control(), *program->news_, *program->hub_, *program->timers_, c.state(),
                         program->streams_->own(), [hub = program->hub_.get()] { return hub->pages() > 0; },
                         [&c] { return c.dynamodb().clock_strays(); }, program->metrics_});
  program->gateway_ = std::make_unique<gateway::Gateway>(
      std::move(*options),
      gateway::GatewayPorts{*program->sink_, c.history(), c.lists(), *program->feed_, *program->hub_, program->clock_,
                            program->metrics_, embedded_asset, nullptr, nullptr, nullptr, prompt_text});
  program->publish_metrics();
  program->feed_->start();
  if (auto started = program->gateway_->start(); !started) return pass_on(started);
  return program;
}

void CloudGateway::publish_metrics() {
  telemetry::publish_thread_cpu(metrics_);
  streams_->publish_metrics(metrics_);
  using aws::ClientCounters;
  const auto count_calls = [this](const char* service, const ClientCounters& counters) {
    const auto one = [&](const char* what, const std::atomic<std::uint64_t>& value) {
      metrics_.counter("handrail_aws_calls_total", "Calls to AWS: begun, repeated, throttled, failed",
                       [&value] { return static_cast<double>(value.load()); }, {{"service", service}, {"what", what}});
    };
    one("begun", counters.calls);
    one("repeated", counters.repeats);
    one("throttled", counters.throttled);
    one("failed", counters.failed);
  };
  count_calls("kinesis", cloud_->kinesis().counters());
  count_calls("dynamodb", cloud_->dynamodb().counters());
  metrics_.gauge("handrail_clock_strays_seconds", "This machine's clock behind the tables' (below 0: before), at least",
                 [cloud = cloud_.get()] { return static_cast<double>(cloud->dynamodb().clock_strays()) / 1000; });
}

void CloudGateway::stop() {
  if (gateway_) gateway_->stop();
  if (feed_) feed_->stop();
  if (sink_) sink_->stop();
  if (streams_) streams_->stop();
}

}  // namespace handrail
