// SPDX-License-Identifier: Apache-2.0
#include "gateway/codec/private_fields.h"

#include <doctest/doctest.h>

#include "tests/support/records.h"

using namespace handrail;
using namespace handrail::gateway;
using namespace handrail::test;

namespace {

const std::vector<core::FieldRule> kRules = {{"email", core::FieldAction::kHash},
                                             {"customer.street", core::FieldAction::kDrop},
                                             {"userContext.income", core::FieldAction::kDrop},
                                             {"path", core::FieldAction::kDrop}};

core::Event kept(std::string type, std::string data, std::string context = "", core::Fact fact = core::Custom{}) {
  Visit v("a");
  Intake intake;
  intake.records.push_back(v.event(0, std::move(fact), std::move(type)));
  auto& event = std::get<core::Event>(intake.records.front().body);
  event.data_json = std::move(data);
  event.context_json = std::move(context);
  keep_private(intake, kRules, "key");
  return std::get<core::Event>(intake.records.front().body);
}

}  // namespace

TEST_CASE("a property is dropped or hashed, wherever the path leads, and nothing else is touched") {
  const auto event = kept("order", R"({"email":"anna@bank.example","customer":{"street":"Elm 3","city":"Bonn"},"n":7})",
                          R"({"userContext":{"income":48613,"plan":"gold"}})");
  CHECK(event.data_json.find("anna") == std::string::npos);
  CHECK(event.data_json.find("Elm") == std::string::npos);
  CHECK(event.data_json.find(R"("city":"Bonn")") != std::string::npos);
  CHECK(event.data_json.find(R"("n":7)") != std::string::npos);
  CHECK(event.context_json == R"({"userContext":{"plan":"gold"}})");
}

TEST_CASE("the same value has the same pseudonym, another key another one") {
  const auto hashed = [](std::string key, std::string value) {
    Visit v("a");
    Intake intake;
    intake.records.push_back(v.event(0, core::Custom{}, "order"));
    std::get<core::Event>(intake.records.front().body).data_json = "{\"email\":" + value + "}";
    CHECK(keep_private(intake, kRules, key) == 1);
    return std::get<core::Event>(intake.records.front().body).data_json;
  };
  CHECK(hashed("k", R"("anna")") == hashed("k", R"("anna")"));
  CHECK(hashed("k", R"("anna")") != hashed("k", R"("otto")"));
  CHECK(hashed("k", R"("anna")") != hashed("j", R"("anna")"));
  CHECK(hashed("k", "[1,2]").size() == hashed("k", R"("anna")").size());
}

TEST_CASE("what the fact said is read again: a page without its path is a page no more") {
  const auto event =
      kept("page", R"({"path":"/patients/anna"})", "", core::PageView{"/patients/anna", "/patients/anna"});
  CHECK(event.data_json == "{}");
  CHECK(std::holds_alternative<core::Custom>(event.fact));
}

TEST_CASE("a fact that keeps what it needs keeps its meaning, and a name that was taken off does not come back") {
  const auto goal = kept("goal", R"({"name":"loan","email":"anna"})", "", core::Goal{"loan"});
  REQUIRE(std::holds_alternative<core::Goal>(goal.fact));
  CHECK(std::get<core::Goal>(goal.fact).name == "loan");
  const auto doubted = kept("identify", R"({"userId":"anna","email":"x"})");
  CHECK(std::holds_alternative<core::Custom>(doubted.fact));
}

TEST_CASE("an event with none of the properties stays to the byte") {
  const std::string text = R"({"a":1e5,"b":"emailx"})";
  CHECK(kept("order", text).data_json == text);
}
