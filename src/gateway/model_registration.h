// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/control/models_book.h"

namespace handrail::gateway {

// The entries that register an artefact as a site's next version, in the order in which the log takes them: its parts,
// then the version. kInvalidArgument, kCorrupt: it is no model; kConflict: the site knows it already.
Result<std::vector<core::RecordBody>> registration_of(const core::ModelsBook& book, const std::string& site,
                                                      const std::string& artefact, const std::string& name,
                                                      const std::string& author);

}  // namespace handrail::gateway
