// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace handrail {

// How far long work has come, on standard error: a bar on a terminal, else a line every 5 s.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `share` of the whole, 0 to 1. Cheap: draws a few times a second.
  void at(double share, const std::string& detail);
  void finish();  // takes the bar away

 private:
  void draw_bar(double share, const std::string& detail);

  std::string what_;
  bool is_terminal_;
  bool is_drawn_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace handrail
