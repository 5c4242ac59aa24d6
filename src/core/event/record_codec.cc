// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <utility>

#include "base/archive.h"
#include "core/event/record.h"

namespace handrail::core {

template <class A>
void fields(A&, Custom&) {}
template <class A>
void fields(A& a, PageView& f) {
  a(f.path, f.page);
}
template <class A>
void fields(A& a, ClickOutcome& f) {
  a(f.click, f.after, f.reaction, f.error);
}
template <class A>
void fields(A& a, Click& f) {
  a(f.click, f.key, f.x, f.y, f.disabled, f.excuses, f.outcome);
}
template <class A>
void fields(A& a, Field& f) {
  a(f.key, f.phase, f.validity, f.changed, f.empty);
}
template <class A>
void fields(A& a, Validation& f) {
  a(f.key, f.form, f.moment, f.empty);
}
template <class A>
void fields(A& a, Submit& f) {
  a(f.form, f.result);
}
template <class A>
void fields(A&, ExitIntent&) {}
template <class A>
void fields(A& a, Visibility& f) {
  a(f.visible);
}
template <class A>
void fields(A& a, Step& f) {
  a(f.funnel, f.step, f.index);
}
template <class A>
void fields(A& a, DeclaredProgress& f) {
  a(f.name);
}
template <class A>
void fields(A& a, Goal& f) {
  a(f.name);
}
template <class A>
void fields(A& a, Identify& f) {
  a(f.user_id);
}
template <class A>
void fields(A& a, AppStruggle& f) {
  a(f.feature, f.attempts);
}

template <class A>
void fields(A& a, ConsentChoice& f) {
  a(f.consent);
}

// A variant is its index, then the member. Reading makes the member by index, so an unknown index is a fault.
template <class Variant>
struct Indexed {
  Variant& value;
};

template <class Variant, std::size_t... I>
void emplace_at(Variant& value, std::size_t index, std::index_sequence<I...>) {
  ((I == index ? static_cast<void>(value.template emplace<I>()) : static_cast<void>(0)), ...);
}

template <class A, class Variant>
void fields(A& a, Indexed<Variant>& indexed) {
  std::uint64_t index = indexed.value.index();
  a(index);
  if constexpr (A::kReading) {
    if (!a.ok() || index >= std::variant_size_v<Variant>) return a.fail();
    emplace_at(indexed.value, index, std::make_index_sequence<std::variant_size_v<Variant>>{});
  }
  std::visit([&](auto& member) { a(member); }, indexed.value);
}

// An SDK fact's id says nothing that tab and number do not: it is made again.
bool is_named_by_place(const Event& e) {
  if (e.tab_id.empty() || e.id.size() < e.tab_id.size() + 2 || !e.id.starts_with(e.tab_id)) return false;
  return e.id == fact_name(e.tab_id, e.seq);
}

template <class A>
void fields(A& a, Event& e) {
  a(e.type, e.anonymous_id, e.user_id, e.session_id, e.tab_id, e.seq, e.client_time, e.sent_at, e.occurred_at, e.mono,
    e.flags, e.device);
  bool named_by_place = !A::kReading && is_named_by_place(e);
  a(named_by_place);
  if (!named_by_place) {
    a(e.id);
  } else if constexpr (A::kReading) {
    e.id = fact_name(e.tab_id, e.seq);
  }
  Indexed<Fact> fact{e.fact};
  a(fact, e.data_json, e.context_json);
}

template <class A>
void fields(A& a, Answer& b) {
  a(b.intervention, b.kind, b.waited, b.reason, b.forever);
}
template <class A>
void fields(A& a, Chat& b) {
  a(b.conversation, b.event, b.from, b.message_id, b.name, b.text, b.intervention);
}
template <class A>
void fields(A&, TimerFired&) {}
template <class A>
void fields(A& a, Erasure& b) {
  a(b.unless_seen_since);
}
template <class A>
void fields(A& a, Prediction& b) {
  a(b.journey, b.model, b.probability, b.asked_at, b.events);
}
template <class A>
void fields(A& a, Link& b) {
  a(b.visitor);
}

// Which of an event's names is the visitor's: it need not be stored twice.
enum class NamedBy : std::uint8_t { kItself, kAnonymousId, kUserId };
constexpr std::uint64_t enum_end(NamedBy) { return 3; }

NamedBy naming_of(const Record& r) {
  const auto* event = std::get_if<Event>(&r.body);
  if (event == nullptr) return NamedBy::kItself;
  if (event->anonymous_id == r.visitor) return NamedBy::kAnonymousId;
  return event->user_id == r.visitor ? NamedBy::kUserId : NamedBy::kItself;
}

template <class A>
void fields(A& a, Record& r) {
  Indexed<RecordBody> body{r.body};
  NamedBy naming = A::kReading ? NamedBy::kItself : naming_of(r);
  a(r.site, r.received_at, r.attempt, body, naming);
  if (naming == NamedBy::kItself) return a(r.visitor);
  if constexpr (A::kReading) {
    const auto* event = std::get_if<Event>(&r.body);
    if (!a.ok() || event == nullptr) return a.fail();
    r.visitor = naming == NamedBy::kUserId ? event->user_id : event->anonymous_id;
  }
}

std::string encode(const Record& record) {
  std::string out;
  out.reserve(256);
  encode_to(out, record);
  return out;
}

void encode_to(std::string& out, const Record& record) {
  out.push_back(static_cast<char>(kRecordFormat));
  ArchiveWriter{out}(record);
}

std::size_t encoded_size_hint(const Record& record) {
  constexpr std::size_t kNamesAndNumbers = 224;
  const auto* event = std::get_if<Event>(&record.body);
  return kNamesAndNumbers + (event == nullptr ? 0 : event->data_json.size() + event->context_json.size());
}

Result<Record> decode_record(std::string_view bytes) {
  if (bytes.empty()) return fail(ErrorCode::kCorrupt, "empty record");
  const auto version = static_cast<std::uint8_t>(bytes.front());
  if (version < kOldestRecordFormat || version > kRecordFormat) {
    return fail(ErrorCode::kCorrupt,
                "record format " + std::to_string(version) + " is not known to this program (it reads " +
                    std::to_string(kOldestRecordFormat) + " to " + std::to_string(kRecordFormat) + ")");
  }
  Record record;
  ArchiveReader reader{bytes.substr(1), version};
  reader(record);
  if (!reader.ok() || !reader.at_end()) return fail(ErrorCode::kCorrupt, "record bytes are damaged");
  return record;
}

std::optional<std::uint64_t> foreign_id(const Record& record) {
  const auto* event = std::get_if<Event>(&record.body);
  if (event == nullptr || !event->tab_id.empty() || event->id.empty()) return std::nullopt;
  return id_of({record.site, record.visitor, event->id, std::string(1, static_cast<char>(record.attempt))}).low;
}

std::string fact_name(std::string_view tab_id, std::uint64_t seq) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), seq).ptr;
  std::string name;
  name.reserve(tab_id.size() + 1 + static_cast<std::size_t>(end - digits));
  name.append(tab_id).append(1, ':').append(digits, end);
  return name;
}

std::string_view name_of(Device device) {
  static constexpr std::array<std::string_view, 5> kNames = {"", "desktop", "tablet", "mobile", "bot"};
  return kNames[static_cast<std::size_t>(device)];
}

std::string_view kind_name(const Record& record) {
  static constexpr std::array<std::string_view, std::variant_size_v<RecordBody>> kNames = {
      "event", "answer", "chat",    "timer",   "person",     "control", "link",       "site",       "credential",
      "act",   "rules",  "consent", "erasure", "model_part", "model",   "model_move", "prediction", "analysis"};
  return kNames[record.body.index()];
}

std::string_view name_of(AnswerKind kind) {
  static constexpr std::array<std::string_view, 5> kNames = {"displayed", "withheld", "accepted", "dismissed",
                                                             "snoozed"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace handrail::core
