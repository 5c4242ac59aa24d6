// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "adapters/common/table_engine.h"
#include "ports/state_store.h"

namespace handrail::tables {

// The rows that a batch writes and removes, save what erasing removes.
std::vector<TableEngine::Write> rows_of(const StateBatch& batch);
// Those of its lists alone: signals, decisions, interventions, journeys, exposures, chat.
std::vector<TableEngine::Write> list_rows_of(const StateBatch& batch);

}  // namespace handrail::tables
