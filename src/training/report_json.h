// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

#include "training/metrics.h"
#include "training/trainer.h"

// Views for machines. What is not defined is null; times are UTC text; shares are 0-1.
namespace handrail::training {

boost::json::value json_of(const Report& report);
boost::json::value json_of(const TrainingSummary& summary);

}  // namespace handrail::training
