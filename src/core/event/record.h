// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "core/analysis/analysis.h"
#include "core/control/credential.h"
#include "core/control/models.h"
#include "core/control/rules.h"
#include "core/control/site.h"
#include "core/event/fact.h"

namespace handrail::core {

// What the gateway noticed about an event's times or sender (bits).
enum EventFlag : std::uint8_t {
  kFlagLate = 1,     // happened more than 24 h before it reached us: logged and listed, not folded
  kFlagClamped = 2,  // its time was set to what we could believe
  kFlagBot = 4,      // the user agent says so
  kFlagGpc = 8,      // the browser asked for privacy: Sec-GPC or DNT
};

// What the user agent says the visitor sits at.
enum class Device : std::uint8_t { kUnknown, kDesktop, kTablet, kMobile, kBot };
constexpr std::uint64_t enum_end(Device) { return 5; }
std::string_view name_of(Device device);  // "" for unknown

// One thing a visitor did, or a page did to them. Immutable. All four times are kept.
struct Event {
  std::string id;    // the client's eventId; "tab:seq" for SDK facts; made by the gateway where absent
  std::string type;  // the fact's name, or the site's own word
  std::string anonymous_id;
  std::string user_id;
  std::string session_id;
  std::string tab_id;     // with seq: the SDK's name for the fact; empty for foreign events
  std::uint64_t seq = 0;  // rises by one with each fact of the tab
  std::optional<UnixMillis> client_time;
  std::optional<UnixMillis> sent_at;
  UnixMillis occurred_at = 0;        // client time mapped onto log time, never after received
  std::optional<std::int64_t> mono;  // the page's monotonic clock, ms: gaps within a tab
  std::uint8_t flags = 0;
  Device device = Device::kUnknown;
  Fact fact;
  std::string data_json;     // eventData as it came, minified
  std::string context_json;  // deviceInfo and userContext as they came, minified; may be empty
};

// The name of an SDK fact: "tab:seq".
std::string fact_name(std::string_view tab_id, std::uint64_t seq);

// What the page or the visitor did with an offer.
enum class AnswerKind : std::uint8_t { kDisplayed, kWithheld, kAccepted, kDismissed, kSnoozed };
constexpr std::uint64_t enum_end(AnswerKind) { return 5; }
std::string_view name_of(AnswerKind kind);

struct Answer {
  InterventionId intervention;
  AnswerKind kind = AnswerKind::kDisplayed;
  Millis waited = 0;     // displayed: how long the page waited for its moment
  std::string reason;    // withheld: what was in the way
  bool forever = false;  // dismissed: "Don't show again"
};

enum class ChatEvent : std::uint8_t { kOpened, kMessage, kUnanswered, kClosed };
constexpr std::uint64_t enum_end(ChatEvent) { return 4; }
enum class ChatAuthor : std::uint8_t { kVisitor, kAgent, kSystem };
constexpr std::uint64_t enum_end(ChatAuthor) { return 3; }

struct Chat {
  ConversationId conversation;
  ChatEvent event = ChatEvent::kMessage;
  ChatAuthor from = ChatAuthor::kVisitor;
  std::string message_id;  // made by the client; a repeat changes nothing
  std::string name;        // the agent's
  std::string text;
  InterventionId intervention;  // opened: the offer that led here, or zero
};

// The clock passed a deadline of this visitor in silence. Carries nothing: the deadline is in the state.
struct TimerFired {};

// What a visitor decided counts for every visitor of the same person: it goes into the person's own order (the visitor
// named by the userId), and from there into the order of each linked visitor.
struct PersonDecision {
  std::string user_id;
  std::string from;  // the visitor that decided
  AnswerKind kind = AnswerKind::kDismissed;
  bool forever = false;
  UnixMillis at = 0;
  InterventionId intervention;
};
template <class A>
void fields(A& a, PersonDecision& d) {
  a(d.user_id, d.from, d.kind, d.forever, d.at, d.intervention);
}

// In the person's own order: this visitor was identified as the person.
struct Link {
  std::string visitor;
};

// What a person agreed to, or refused: told like a decision.
struct PersonConsent {
  std::string user_id;
  std::string from;  // the visitor that said so
  DatedConsent said;
};
template <class A>
void fields(A& a, PersonConsent& c) {
  a(c.user_id, c.from, c.said);
}

// The visitor is to be forgotten: nothing of what came before is kept, neither in the state nor, after a while, in the
// log, this record itself included.
struct Erasure {
  std::optional<UnixMillis> unless_seen_since;  // one whose journey went on later than this stays
};

// What an endpoint said of a journey, asked after one of its events: the serving model's own features, another's word.
struct Prediction {
  JourneyId journey;
  std::uint64_t model = 0;        // version that served when it was asked
  std::uint32_t probability = 0;  // of leaving without the goal, calibrated; 1/65536
  UnixMillis asked_at = 0;        // log time of that event
  std::uint32_t events = 0;       // of the journey by then: several may have one log time
};

// An entry of the control log: takes effect for all visitors at a log time at least 2 s after it was written.
struct AgentAvailability {
  std::string agent;
  bool available = false;
  UnixMillis effective_at = 0;
};

template <class A>
void fields(A& a, AgentAvailability& e) {
  a(e.agent, e.available, e.effective_at);
}

using RecordBody =
    std::variant<Event, Answer, Chat, TimerFired, PersonDecision, AgentAvailability, Link, Site, Credential, Act,
                 RulesVersion, PersonConsent, Erasure, ModelPart, ModelVersion, ModelMove, Prediction, Analysis>;

// Entries of the control log: of no visitor, and seen by every partition.
template <class T>
concept ControlEntry = std::same_as<T, AgentAvailability> || std::same_as<T, Site> || std::same_as<T, Credential> ||
                       std::same_as<T, Act> || std::same_as<T, RulesVersion> || std::same_as<T, ModelPart> ||
                       std::same_as<T, ModelVersion> || std::same_as<T, ModelMove>;

// What the log holds: events, and everything else that changes what is known of a visitor, in that visitor's order.
struct Record {
  std::string site;
  std::string visitor;         // anonymousId, else userId; empty for control entries
  UnixMicros received_at = 0;  // at the gateway; log time is this in ms, kept monotone per visitor by the fold
  std::uint8_t attempt = 0;    // of a redrive
  RecordBody body;

  VisitorKey key() const { return visitor_key(site, visitor); }
  bool is_control() const {
    return std::visit([]<class T>(const T&) { return ControlEntry<T>; }, body);
  }
};

struct LoggedRecord {
  Offset offset = 0;
  Record record;
};

// Stored form. The first byte is the format version; a newer one is refused by name. 6 has no analyses, 5 no
// predictions, 4 no models, 3 no rules, 2 no sites and credentials either; they are otherwise the same.
inline constexpr std::uint8_t kRecordFormat = 7;
inline constexpr std::uint8_t kOldestRecordFormat = 2;
std::string encode(const Record& record);
void encode_to(std::string& out, const Record& record);  // appends
std::size_t encoded_size_hint(const Record& record);     // about, and seldom less than it takes
Result<Record> decode_record(std::string_view bytes);

// The hash under which a foreign event (one without the SDK's tab and sequence) is known for deduplication: of site,
// visitor, event id and attempt. Nothing for records that need none.
std::optional<std::uint64_t> foreign_id(const Record& record);

// "event", "answer", "chat", "timer", "person", "control", "link", "site", "credential", "act",
// "rules", "consent", "erasure", "model_part", "model", "model_move", "prediction", "analysis"
std::string_view kind_name(const Record& record);

}  // namespace handrail::core
