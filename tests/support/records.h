// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/event/record.h"
#include "tests/support/fake_clock.h"

namespace handrail::test {

using namespace core;

// Builds one visitor's records, as the gateway would: numbered in a tab, received when they happen.
class Visit {
 public:
  explicit Visit(std::string visitor, UnixMillis from = kStart) : visitor_(std::move(visitor)), from_(from) {}

  Record event(Millis at, Fact fact, std::string type = "fact") {
    Event e;
    e.type = std::move(type);
    e.anonymous_id = visitor_;
    e.user_id = user_;
    e.session_id = "s-" + visitor_;
    e.tab_id = tab_;
    e.seq = ++seq_;
    e.id = e.tab_id + ":" + std::to_string(e.seq);
    e.client_time = from_ + at;
    e.occurred_at = from_ + at;
    e.mono = at;
    e.fact = std::move(fact);
    e.data_json = "{}";
    return record(at, std::move(e));
  }
  Record record(Millis at, RecordBody body) const {
    return {"default", visitor_, (from_ + at) * 1000, 0, std::move(body)};
  }

  Record page(Millis at, std::string path = "/loans") { return event(at, PageView{path, path}, "page"); }
  Record struggle(Millis at, std::int64_t attempts, std::string feature = "loan") {
    return event(at, AppStruggle{std::move(feature), attempts}, "struggle_signal");
  }
  Record invalid(Millis at, std::string key = "field:term", ValidationMoment moment = ValidationMoment::kSubmit) {
    return event(at, Validation{std::move(key), "form:loan", moment, false}, "validation");
  }
  Record submit(Millis at, SubmitResult result, std::string form = "form:loan") {
    return event(at, Submit{std::move(form), result}, "submit");
  }
  Record valid(Millis at, std::string key) {
    return event(at, Field{std::move(key), FieldPhase::kBlur, Validity::kValid, true, false}, "field");
  }
  Record click(Millis at, Reaction reaction, std::string key = "button:pdf", std::uint8_t excuses = kExcuseNone) {
    Click click{++clicks_, std::move(key), 10, 10, false, excuses, ClickOutcome{clicks_, 150, reaction, false}};
    return event(at, click, "click");
  }
  Record outcome(Millis at, std::uint64_t click, Millis after, Reaction reaction) {
    return event(at, ClickOutcome{click, after, reaction, false}, "click_outcome");
  }
  Record answer(Millis at, InterventionId id, AnswerKind kind, bool forever = false) const {
    return record(at, Answer{id, kind, 0, "", forever});
  }

  void identify_as(std::string user) { user_ = std::move(user); }
  void new_tab(std::string tab) {
    tab_ = std::move(tab);
    seq_ = 0;
  }
  const std::string& visitor() const { return visitor_; }
  VisitorKey key() const { return visitor_key("default", visitor_); }
  UnixMillis from() const { return from_; }

 private:
  std::string visitor_;
  std::string user_;
  std::string tab_ = "tab1";
  UnixMillis from_;
  std::uint64_t seq_ = 0;
  std::uint64_t clicks_ = 0;
};

}  // namespace handrail::test
