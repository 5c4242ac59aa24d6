// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace handrail::serving {

// What requests for scores are written in, as SageMaker's XGBoost container takes them.
enum class Form : std::uint8_t { kCsv, kJson, kJsonLines };

// Of a Content-Type, parameters aside; one that is not given is CSV. Nothing: no form of ours.
std::optional<Form> form_of_type(std::string_view content_type);
// The first of an Accept that we have; `otherwise` where it asks for nothing in particular. Nothing: none of them.
std::optional<Form> form_to_answer(std::string_view accept, Form otherwise);
const char* type_of(Form form);

// Feature vectors, one after another; NaN: missing.
struct Rows {
  std::vector<float> values;
  std::size_t count = 0;
};

// Rows of so many features each. CSV: without a header, an empty cell is missing. JSON: {"instances": [{"features":
// [1, null]}, [1, 2]]}, or the list alone. JSON lines: one of these a line. kInvalidArgument names the row (from 1 on)
// and what is wrong with it.
Result<Rows> rows_in(std::string_view body, Form form, std::size_t features);

enum class Layout : std::uint8_t { kTogether, kLineEach };  // of a CSV answer: "0.1,0.2", or a score a line

// Scores as text that reads back the same floats. JSON: {"predictions": [{"score": 0.1}]}.
std::string scores_as(Form form, const std::vector<float>& scores, Layout layout);

}  // namespace handrail::serving
