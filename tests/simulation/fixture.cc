// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/fixture.h"

#include "core/chat/conversation.h"

namespace handrail::test {
namespace {

// The id that the offer caused by an event will have.
InterventionId offer_of(const Visit& v, const std::string& cause) {
  return InterventionId{id_of({"intervention", "default", v.visitor(), cause, "rising_edge", "live_chat"})};
}

class Day {
 public:
  std::vector<Record> all() {
    mission_example();
    rage_twice_on_a_dead_button();
    form_trouble_then_help_accepted_and_chat();
    dismissed_for_good();
    snoozed_then_again();
    progress_before_display();
    reaction_takes_it_back();
    accepted_after_dismissed();
    one_person_two_devices();
    late_and_resent();
    persistent();
    next_day();
    agents_come_and_go();
    return std::move(records_);
  }

 private:
  void add(Record r) { records_.push_back(std::move(r)); }
  static std::string id_of_event(const Record& r) { return std::get<Event>(r.body).id; }

  void mission_example() {  // never displayed: expires by its timer
    Visit v("mission");
    add(v.page(0));
    add(v.event(15'000, Custom{}, "feature_interaction"));
    add(v.struggle(30'000, 3, "loan-amount"));
  }

  void rage_twice_on_a_dead_button() {
    Visit v("rager");
    add(v.page(1000));
    for (int burst = 0; burst < 2; ++burst) {
      const Millis from = 5000 + burst * 12'000;
      for (int i = 0; i < 4; ++i) add(v.click(from + i * 300, Reaction::kNone, "button:schedule"));
      for (int i = 0; i < 4; ++i)
        add(v.outcome(from + 600 + i * 300, static_cast<std::uint64_t>(burst * 4 + i + 1), 600, Reaction::kNone));
      for (int i = 0; i < 4; ++i)
        add(v.outcome(from + 2500 + i * 300, static_cast<std::uint64_t>(burst * 4 + i + 1), 2500, Reaction::kNone));
    }
  }

  void form_trouble_then_help_accepted_and_chat() {
    Visit v("applicant");
    add(v.page(2000));
    add(v.invalid(10'000));
    add(v.submit(10'100, SubmitResult::kInvalid));
    add(v.invalid(25'000));
    const Record cause = v.submit(25'100, SubmitResult::kInvalid);
    add(cause);
    const InterventionId offer = offer_of(v, id_of_event(cause));
    add(v.answer(26'700, offer, AnswerKind::kDisplayed));
    add(v.answer(28'000, offer, AnswerKind::kAccepted));
    const ConversationId id = conversation_id("default", "applicant", offer.hex());
    add(v.record(28'100, Chat{id, ChatEvent::kOpened, ChatAuthor::kVisitor, "open", "", "", offer}));
    add(v.record(30'000, Chat{id, ChatEvent::kMessage, ChatAuthor::kVisitor, "m1", "",
                              "the term is wrong but I typed 5 years"}));
    add(v.record(95'000, Chat{id, ChatEvent::kMessage, ChatAuthor::kAgent, "m2", "Maya", "60 for five years"}));
    add(v.valid(100'000, "field:term"));
    add(v.submit(102'000, SubmitResult::kOk));
    add(v.event(103'000, Goal{"loan_application"}));
    add(v.record(110'000, Chat{id, ChatEvent::kClosed, ChatAuthor::kAgent, "m3", "Maya"}));
  }

  void dismissed_for_good() {
    Visit v("decliner");
    const Record cause = v.struggle(20'000, 5);
    add(cause);
    add(v.answer(22'000, offer_of(v, id_of_event(cause)), AnswerKind::kDisplayed));
    add(v.answer(24'000, offer_of(v, id_of_event(cause)), AnswerKind::kDismissed, true));
    add(v.page(20 * kMinute));
    add(v.struggle(20 * kMinute + 1000, 5));
  }

  void snoozed_then_again() {
    Visit v("later");
    const Record cause = v.struggle(21'000, 3);
    add(cause);
    add(v.answer(23'000, offer_of(v, id_of_event(cause)), AnswerKind::kSnoozed));
    add(v.struggle(15 * kMinute, 5));
    add(v.page(35 * kMinute));
    add(v.struggle(35 * kMinute + 1000, 5));
  }

  void progress_before_display() {
    Visit v("helped-herself");
    add(v.struggle(40'000, 3));
    add(v.valid(41'000, "field:rate"));
  }

  void reaction_takes_it_back() {
    Visit v("slow-page");
    for (int i = 0; i < 3; ++i) add(v.click(50'000 + i * 300, Reaction::kNone));
    add(v.outcome(50'650, 1, 600, Reaction::kNone));
    add(v.submit(50'800, SubmitResult::kFailed));
    add(v.submit(51'600, SubmitResult::kFailed));
    add(v.outcome(52'500, 2, 2500, Reaction::kSome));
  }

  void accepted_after_dismissed() {
    Visit v("original-page");
    const Record cause = v.struggle(60'000, 4);
    add(cause);
    const InterventionId offer = offer_of(v, id_of_event(cause));
    add(v.answer(61'000, offer, AnswerKind::kDisplayed));
    add(v.answer(62'000, offer, AnswerKind::kDismissed));
    add(v.answer(62'500, offer, AnswerKind::kAccepted));
  }

  void one_person_two_devices() {
    Visit phone("phone");
    Visit laptop("laptop");
    add(phone.event(60'000, Identify{"anna"}));
    add(laptop.event(61'000, Identify{"anna"}));
    const Record cause = phone.struggle(62'000, 3);
    add(cause);
    add(phone.answer(63'000, offer_of(phone, id_of_event(cause)), AnswerKind::kDismissed));
    add(laptop.page(6 * kMinute));
    add(laptop.struggle(6 * kMinute + 1000, 5));  // her other device has declined
  }

  void late_and_resent() {
    Visit v("offline");
    for (const char* feature : {"rate", "term"}) {
      Record late = v.struggle(0, 5, feature);
      late.received_at = (kStart + 70'000) * 1000;
      add(late);
      add(late);
    }
  }

  void persistent() {
    Visit v("persistent");
    for (int i = 0; i < 12; ++i) add(v.invalid(i * 6000, "field:" + std::to_string(i % 3)));
    add(v.event(75'000, ExitIntent{}));
  }

  void next_day() {
    Visit v("returner");
    add(v.struggle(10'000, 3));
    v.new_tab("tab2");
    add(v.page(8 * kHour));
    add(v.struggle(8 * kHour + 5000, 4));
  }

  void agents_come_and_go() {
    Visit none("");
    add(Record{"default", "", (kStart + 5000) * 1000, 0, AgentAvailability{"Maya", true, kStart + 7000}});
    add(Record{"default", "", (kStart + 9 * kMinute) * 1000, 0,
               AgentAvailability{"Maya", false, kStart + 9 * kMinute + 2000}});
  }

  std::vector<Record> records_;
};

}  // namespace

std::vector<Record> fixture() { return Day{}.all(); }

}  // namespace handrail::test
