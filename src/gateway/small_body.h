// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/codec/document.h"
#include "gateway/codec/json_reader.h"
#include "gateway/problem.h"
#include "gateway/router.h"

namespace handrail::gateway {

// "code: detail" of an unusable envelope as a problem.
HttpResponse envelope_problem(const Error& error);
HttpResponse fault_problem(const Fault& fault);

// Runs `take` with the body's members (an empty body counts as {}). Answers 400 when the body is no object, or when
// `take` leaves a fault. Returns whether all was well.
template <class Take>
bool read_body(const CallPtr& call, Take take) {
  std::string& body = call->request.body;
  if (body.empty()) body = "{}";
  auto root = parse_document(body);
  if (!root) {
    call->respond(envelope_problem(root.error()));
    return false;
  }
  simdjson::dom::object object;
  if (root->get(object) != simdjson::SUCCESS) {
    call->respond(problem(400, "wrong_type", "the body must be an object", "body"));
    return false;
  }
  JsonReader in(object, "");
  take(in);
  if (!in.fault()) return true;
  call->respond(fault_problem(*in.fault()));
  return false;
}

// A whole number in decimal digits, and nothing else.
std::optional<std::int64_t> number_in(std::string_view text);
// How many items of a list are asked for: ?limit=, 50 where it is not said. Nothing: answered with 400.
std::optional<std::size_t> list_limit(const CallPtr& call);

// The visitor that a body speaks for: anonymousId, else userId.
struct Speaker {
  std::string visitor;
  std::string user_id;
};
Speaker read_speaker(JsonReader& in);
// Whether the caller may speak for them. False: answered with 403, which says the same of visitors that there are not.
bool may_speak_for(const CallPtr& call, const std::string& visitor, const std::string& user_id = {});

}  // namespace handrail::gateway
