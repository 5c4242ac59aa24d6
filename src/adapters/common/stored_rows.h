// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "adapters/common/table_engine.h"
#include "adapters/common/table_state_store.h"
#include "ports/state_store.h"

// The lists' rows of one visitor's commit, in a form in which they wait beside the visitor until they are written.
namespace handrail {

// Empty where there are none.
std::string stored_rows(const StateBatch& batch);

using WriteRows = std::function<Result<void>(std::span<const TableEngine::Write>)>;

// Writes them by `write`; the same again leaves the same. Of visitors that were erased the lists' rows go first, and
// what `forget` takes out.
Result<void> write_stored_rows(const std::string& rows, const WriteRows& write, TableStateStore& lists,
                               const std::function<Result<void>(const ErasedVisitor&)>& forget);

}  // namespace handrail
