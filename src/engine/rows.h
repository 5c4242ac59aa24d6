// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/event/record.h"
#include "core/fold/effects.h"
#include "ports/outbox.h"
#include "ports/state_store.h"

// What the effects of a fold become: rows to write and news to tell.
namespace handrail {

void add_rows(StateBatch& rows, const VisitorKey& key, const core::Effects& effects);
// The visitor was erased: what was added of it before goes, and the erasing is noted.
void forget_rows(StateBatch& rows, const ErasedVisitor& erased);
void add_news(std::vector<Publication>& news, const VisitorKey& key, const core::Record& record,
              const core::Effects& effects);

}  // namespace handrail
