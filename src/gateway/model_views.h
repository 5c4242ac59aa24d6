// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include "core/control/models_book.h"
#include "engine/model_watch.h"

namespace handrail::gateway {

// A site's models as the API shows them. `bar`: the policy's risk from which an offer may be made.
boost::json::object model_view(const core::ModelsBook& book, std::string_view site,
                               const core::ModelsBook::Version& version, UnixMillis now, int bar);
// What a map would come to, by the validation's journeys.
boost::json::object offers_view(const core::ExitModel& model, const std::vector<core::ScorePoint>& points, int bar);
boost::json::object move_view(const core::ModelMove& move);
boost::json::array points_view(const std::vector<core::ScorePoint>& points);

boost::json::object health_view(const ModelHealth& health);

}  // namespace handrail::gateway
