// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include "core/event/record.h"

namespace handrail::gateway {

// Sites, credentials and acts as the API shows them: never a secret.
boost::json::object view(const core::Site& site);
boost::json::object view(const core::Credential& credential);
boost::json::object act_view(const core::LoggedRecord& act);

// What pages are told of how to work.
boost::json::object page_config(const core::PageRules& page);

}  // namespace handrail::gateway
