// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace handrail::fuzz {

// One parser that sees bytes which nobody vouches for. `run` must survive any input; what it accepted must hold
// together, or it aborts (check()).
struct Target {
  const char* name;
  void (*run)(std::string_view input);
  std::vector<std::string> (*seeds)();  // good inputs to begin with; tests/fuzz/corpus holds more
};

const std::vector<Target>& targets();

// From the network, and from files that people give.
void run_sdk_batch(std::string_view input);
void run_mission(std::string_view input);
void run_fold(std::string_view input);
void run_gzip(std::string_view input);
void run_http_target(std::string_view input);
void run_config(std::string_view input);
void run_outside_data(std::string_view input);  // a mapping and the rows that it explains
void run_model_reply(std::string_view input);   // a language model's text
void run_converse_answer(std::string_view input);
void run_chat_answer(std::string_view input);
void run_model_artefact(std::string_view input);
void run_booster(std::string_view input);
std::vector<std::string> model_reply_seeds();
std::vector<std::string> converse_answer_seeds();
std::vector<std::string> chat_answer_seeds();
std::vector<std::string> model_artefact_seeds();
std::vector<std::string> booster_seeds();
std::vector<std::string> batch_seeds();
std::vector<std::string> mission_seeds();
std::vector<std::string> gzip_seeds();
std::vector<std::string> http_target_seeds();
std::vector<std::string> config_seeds();
std::vector<std::string> outside_data_seeds();

// From disk.
void run_record(std::string_view input);
void run_state_rows(std::string_view input);
void run_segment(std::string_view input);
void run_segment_index(std::string_view input);
std::vector<std::string> record_seeds();
std::vector<std::string> state_row_seeds();
std::vector<std::string> segment_seeds();
std::vector<std::string> segment_index_seeds();

}  // namespace handrail::fuzz
