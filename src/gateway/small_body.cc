// SPDX-License-Identifier: Apache-2.0
#include "gateway/small_body.h"

#include <charconv>

namespace handrail::gateway {
namespace {

constexpr std::int64_t kLimitDefault = 50;
constexpr std::int64_t kLimitMax = 500;

}  // namespace

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec != std::errc{} || read.ptr != end ? std::nullopt : std::optional(number);
}

std::optional<std::size_t> list_limit(const CallPtr& call) {
  const auto asked = call->request.param("limit");
  const auto limit = asked ? number_in(*asked) : std::optional(kLimitDefault);
  if (limit && *limit >= 1 && *limit <= kLimitMax) return static_cast<std::size_t>(*limit);
  call->respond(problem(400, "out_of_range", "limit must be between 1 and 500", "limit", kLimitMax));
  return std::nullopt;
}

HttpResponse envelope_problem(const Error& error) {
  const int status = error.code == ErrorCode::kLimitExceeded ? 413 : error.code == ErrorCode::kUnavailable ? 503 : 400;
  const std::size_t colon = error.message.find(": ");
  if (colon == std::string::npos) return problem(status, "invalid_argument", error.message, error.field, error.limit);
  return problem(status, error.message.substr(0, colon), error.message.substr(colon + 2), error.field, error.limit);
}

HttpResponse fault_problem(const Fault& fault) {
  return problem(400, fault.code, fault.field + " " + fault.detail, fault.field, fault.limit);
}

Speaker read_speaker(JsonReader& in) {
  Speaker speaker;
  const std::string anonymous = in.optional_text("anonymousId", 200);
  speaker.user_id = in.optional_text("userId", 200);
  speaker.visitor = anonymous.empty() ? speaker.user_id : anonymous;
  if (!in.fault() && speaker.visitor.empty())
    in.fail("anonymousId", "missing_field", "anonymousId or userId is required");
  const auto check = [&](const char* name, const std::string& id) {
    if (!in.fault() && !id.empty() && !is_id(id)) in.fail(name, "bad_id", "may hold letters, digits and _ . : @ -");
  };
  check("anonymousId", anonymous);
  check("userId", speaker.user_id);
  return speaker;
}

bool may_speak_for(const CallPtr& call, const std::string& visitor, const std::string& user_id) {
  const Caller& caller = call->caller;
  if (caller.speaks_for(visitor) && (user_id.empty() || caller.speaks_for(user_id))) return true;
  call->respond(
      problem(403, "other_visitor", "the token is for another visitor: POST /v1/sessions gives one", "token"));
  return false;
}

}  // namespace handrail::gateway
