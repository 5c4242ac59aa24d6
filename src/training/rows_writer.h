// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "training/extraction.h"

// Features and labels as a table and its schema, for a notebook; rows_file.h reads them back.
namespace handrail::training {

// Lines of CSV. Numbers in as many digits as give the same float again; missing: nothing. Categories are hashes in hex.
std::string rows_header(const TrainingSet& set);
std::string rows_line(const TrainingSet& set, std::size_t row);

// What each column is, as JSON, and the recipe that makes them again.
std::string rows_schema(const Extracted& extracted);

}  // namespace handrail::training
