// SPDX-License-Identifier: Apache-2.0
#include "apps/cloud_engine.h"

#include "gateway/rules_document.h"

namespace handrail {
namespace {

BatchFolderOptions folder_options(const Config& config) {
  BatchFolderOptions o;
  o.rules.policy = gateway::policy_of(config.policy);
  o.visitors_at_once = static_cast<std::size_t>(config.dynamodb.visitors_at_once);
  return o;
}

}  // namespace

CloudEngine::CloudEngine(const Config& config, Cloud& cloud, const Clock& clock)
    : stream_(cloud.make_sink()),
      folder_(folder_options(config), {cloud.state(), *stream_, cloud.news(), cloud.control(), clock}),
      timers_({}, {cloud.state(), *stream_, clock}) {}

}  // namespace handrail
