// SPDX-License-Identifier: Apache-2.0
#include "adapters/aws/signer.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "tests/support/vectors.h"

using namespace handrail;
namespace json = boost::json;

namespace {

std::string text(const json::object& vector, const char* name) { return std::string(vector.at(name).as_string()); }

std::string value_of(const aws::Request& request, std::string_view header) {
  for (const auto& [name, value] : request.headers) {
    if (name == header) return value;
  }
  return {};
}

}  // namespace

TEST_CASE("requests are signed as AWS's own library signs them") {
  const json::value vectors = test::vectors_in(std::string(HANDRAIL_TEST_VECTORS) + "/sigv4.json");
  CHECK(vectors.as_array().size() >= 8);
  for (const auto& item : vectors.as_array()) {
    const json::object& vector = item.as_object();
    CAPTURE(text(vector, "name"));
    aws::Request request{text(vector, "method"), text(vector, "path"), {}, {}, text(vector, "body")};
    for (const auto& pair : vector.at("query").as_array()) {
      request.query.emplace_back(std::string(pair.as_array()[0].as_string()),
                                 std::string(pair.as_array()[1].as_string()));
    }
    for (const auto& [name, value] : vector.at("headers").as_object())
      request.headers.emplace_back(std::string(name), std::string(value.as_string()));
    aws::sign(request, {text(vector, "accessKeyId"), text(vector, "secretAccessKey"), text(vector, "sessionToken"), {}},
              {text(vector, "region"), text(vector, "service")}, vector.at("at").as_int64());
    CHECK(value_of(request, "authorization") == text(vector, "authorization"));
    CHECK(value_of(request, "x-amz-date") == "20260504T093000Z");
  }
}
