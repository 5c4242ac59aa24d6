// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "adapters/aws/client.h"
#include "base/result.h"

// Operations whose requests and answers are JSON objects, and what is found in those.
namespace handrail::aws {

struct JsonApi {
  std::string name;    // for errors: "Kinesis"
  std::string prefix;  // of the target: "Kinesis_20131202."
};

// As Client::call. kCorrupt: the answer is no object.
Result<boost::json::object> call(Client& client, const JsonApi& api, const std::string& operation,
                                 const boost::json::object& request);

// What is not there, or something else, is empty.
const boost::json::object& object_at(const boost::json::object& of, std::string_view name);
const boost::json::array& array_at(const boost::json::object& of, std::string_view name);

}  // namespace handrail::aws
