// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/event/record.h"
#include "training/sources/mapping.h"
#include "training/sources/row.h"

namespace handrail::training {

// A row as an event. kInvalidArgument says which column is wrong, and why: not UTF-8, no number, no time, a limit.
Result<core::Record> record_of(const Row& row, const Mapping& mapping);

}  // namespace handrail::training
