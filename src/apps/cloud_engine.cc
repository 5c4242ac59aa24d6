// SPDX-License-Identifier: Apache-2.0
#include "apps/cloud_engine.h"

#include "gateway/rules_document.h"

namespace handrail {
namespace {

BatchFolderOptions folder_options(const Config& config, core::JourneyWatch* watch) {
  BatchFolderOptions o;
  o.watch = watch;
  o.rules.policy = gateway::policy_of(config.policy);
  o.visitors_at_once = static_cast<std::size_t>(config.dynamodb.visitors_at_once);
  return o;
}

}  // namespace

CloudEngine::CloudEngine(const Config& config, Cloud& cloud, StreamSide& streams, const Clock& clock,
                         core::JourneyWatch* watch)
    : folder_(folder_options(config, watch), {cloud.state(), streams.sink(), streams.news(), cloud.control(), clock}),
      timers_({}, {cloud.state(), streams.sink(), clock}) {}

}  // namespace handrail
