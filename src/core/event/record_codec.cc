// SPDX-License-Identifier: Apache-2.0
#include <array>
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

template <class A>
void fields(A& a, Event& e) {
  a(e.id, e.type, e.anonymous_id, e.user_id, e.session_id, e.tab_id, e.seq, e.client_time, e.sent_at, e.occurred_at,
    e.mono, e.flags);
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
void fields(A& a, Link& b) {
  a(b.visitor);
}

template <class A>
void fields(A& a, Record& r) {
  Indexed<RecordBody> body{r.body};
  a(r.site, r.visitor, r.received_at, r.attempt, body);
}

std::string encode(const Record& record) {
  std::string out;
  out.reserve(256);
  out.push_back(static_cast<char>(kRecordFormat));
  ArchiveWriter{out}(record);
  return out;
}

Result<Record> decode_record(std::string_view bytes) {
  if (bytes.empty()) return fail(ErrorCode::kCorrupt, "empty record");
  const auto version = static_cast<unsigned char>(bytes.front());
  if (version != kRecordFormat) {
    return fail(ErrorCode::kCorrupt, "record format " + std::to_string(version) +
                                         " is not known to this program (it reads " + std::to_string(kRecordFormat) +
                                         ")");
  }
  Record record;
  ArchiveReader reader{bytes.substr(1)};
  reader(record);
  if (!reader.ok() || !reader.at_end()) return fail(ErrorCode::kCorrupt, "record bytes are damaged");
  return record;
}

std::optional<std::uint64_t> foreign_id(const Record& record) {
  const auto* event = std::get_if<Event>(&record.body);
  if (event == nullptr || !event->tab_id.empty() || event->id.empty()) return std::nullopt;
  return id_of({record.site, record.visitor, event->id, std::string(1, static_cast<char>(record.attempt))}).low;
}

std::string_view kind_name(const Record& record) {
  static constexpr std::array<std::string_view, std::variant_size_v<RecordBody>> kNames = {
      "event", "answer", "chat", "timer", "person", "control", "link"};
  return kNames[record.body.index()];
}

std::string_view name_of(AnswerKind kind) {
  static constexpr std::array<std::string_view, 5> kNames = {"displayed", "withheld", "accepted", "dismissed",
                                                             "snoozed"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace handrail::core
