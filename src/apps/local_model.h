// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "config/config.h"

namespace handrail {

// llama.cpp's server with a very small model (`make llm`) as a process beside this one, for the demo and for tests: it
// shows that the way to a language model and the checks behind it are real. Its judgement is worthless.
class LocalModel {
 public:
  // Waits until the model is loaded. kNotFound: `make llm` has not been here.
  static Result<std::unique_ptr<LocalModel>> start();
  ~LocalModel();  // ends it
  LocalModel(const LocalModel&) = delete;
  LocalModel& operator=(const LocalModel&) = delete;

  const std::string& url() const { return url_; }
  // The configuration with this model as the analyst, given the time that it takes on a small machine.
  Config asked_by(Config config) const;

 private:
  LocalModel(pid_t process, std::string url) : process_(process), url_(std::move(url)) {}

  const pid_t process_;
  const std::string url_;
};

}  // namespace handrail
