// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/targets.h"

namespace handrail::fuzz {

const std::vector<Target>& targets() {
  static const std::vector<Target> all = {
      {"sdk_batch", run_sdk_batch, batch_seeds},
      {"mission", run_mission, mission_seeds},
      {"fold", run_fold, batch_seeds},
      {"gzip", run_gzip, gzip_seeds},
      {"http_target", run_http_target, http_target_seeds},
      {"config", run_config, config_seeds},
      {"outside_data", run_outside_data, outside_data_seeds},
      {"model_reply", run_model_reply, model_reply_seeds},
      {"converse_answer", run_converse_answer, converse_answer_seeds},
      {"chat_answer", run_chat_answer, chat_answer_seeds},
      {"model_artefact", run_model_artefact, model_artefact_seeds},
      {"booster", run_booster, booster_seeds},
      {"record", run_record, record_seeds},
      {"state_rows", run_state_rows, state_row_seeds},
      {"segment", run_segment, segment_seeds},
      {"segment_index", run_segment_index, segment_index_seeds},
  };
  return all;
}

}  // namespace handrail::fuzz
