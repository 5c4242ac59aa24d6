// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <string>

namespace handrail::test {

// A file of golden vectors, parsed.
inline boost::json::value vectors_in(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return boost::json::parse(text.str());
}

}  // namespace handrail::test
