// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json.hpp>
#include <unordered_set>

#include "base/encoding.h"
#include "gateway/analysis_views.h"
#include "gateway/gateway.h"
#include "gateway/small_body.h"
#include "gateway/views.h"

namespace handrail::gateway {
namespace {

template <class T>
HttpResponse page_response(const Result<ListPage<T>>& page) {
  if (!page) return problem(page.error());
  boost::json::array items;
  for (const T& item : page->items) items.push_back(view(item));
  return json_response(boost::json::serialize(boost::json::object{
      {"items", std::move(items)},
      {"next", page->next ? boost::json::value(to_hex(*page->next)) : boost::json::value(nullptr)}}));
}

// A leaving page sends again what it had on its way. The log keeps both, the engine folds the first, and a reader gets
// that one. (Repeats come within seconds; one that falls on another page of the list is told apart by its eventId.)
std::vector<core::LoggedRecord> each_event_once(const std::vector<core::LoggedRecord>& newest_first) {
  std::unordered_set<std::string_view> seen;
  std::vector<core::LoggedRecord> kept;
  for (auto record = newest_first.rbegin(); record != newest_first.rend(); ++record) {
    const auto* event = std::get_if<core::Event>(&record->record.body);
    if (event == nullptr || event->id.empty() || seen.insert(event->id).second) kept.push_back(*record);
  }
  std::ranges::reverse(kept);
  return kept;
}

// Signals, and readings of the journey among them in the site's words.
HttpResponse signals_response(const ListPage<core::Signal>& page, const core::AnalystRules& rules) {
  boost::json::array items;
  for (const core::Signal& signal : page.items)
    items.push_back(signal.analysis ? analysis_signal(signal, rules) : view(signal));
  return json_response(boost::json::serialize(
      boost::json::object{{"items", std::move(items)},
                          {"next", page.next ? boost::json::value(to_hex(*page.next)) : boost::json::value(nullptr)}}));
}

HttpResponse bad_position() {
  return problem(400, "out_of_range", "before must be `next` of the page before", "before");
}

}  // namespace

// What the log still holds of a visitor that was to be forgotten does not count.
Result<std::vector<core::LoggedRecord>> Gateway::events_of(const VisitorKey& key, Offset before, std::size_t limit) {
  auto erased = ports_.reader.erased_visitor(key);
  if (!erased) return pass_on(erased);
  auto records = ports_.history.read_visitor(key, before, limit);
  if (records && *erased)
    std::erase_if(*records, [&](const core::LoggedRecord& record) { return record.offset < (*erased)->below; });
  return records;
}

void Gateway::add_visitor_routes() {
  router_.add(Method::kGet, "/v1/visitors/{visitor}/attributes", Access::kRead, [this](const CallPtr& call) {
    with_visitor(call, [this, call](const core::Visitor& visitor) {
      call->respond(json_response(boost::json::serialize(attributes(
          visitor, ports_.clock.now() / 1000, rules_now(call->caller.site), ports_.hub.available(call->caller.site)))));
    });
  });

  router_.add(Method::kGet, "/v1/visitors/{visitor}/watch", Access::kRead, [this](const CallPtr& call) {
    read_settled(call, key_of(*call, call->params[0]), [this, call] {
      auto key = resolve(*call, call->params[0]);
      if (!key) return call->respond(problem(key.error()));
      // Who watches a page that opens now is there before its first event.
      const VisitorKey watched = key->value_or(key_of(*call, call->params[0]));
      auto visitor = ports_.reader.visitor(watched);
      if (!visitor) return call->respond(problem(visitor.error()));
      core::Visitor unknown;
      unknown.id = call->params[0];
      transport_->post([this, call, key = watched, visitor = visitor->value_or(std::move(unknown))] {
        auto stream = call->exchange->open_stream({});
        stream->send("attributes",
                     boost::json::serialize(attributes(visitor, ports_.clock.now() / 1000, rules_now(call->caller.site),
                                                       ports_.hub.available(call->caller.site))));
        ports_.hub.add_watcher(key, std::move(stream));
      });
    });
  });

  router_.add(Method::kGet, "/v1/visitors/{visitor}/{collection}", Access::kRead, [this](const CallPtr& call) {
    const auto limit = list_limit(call);
    if (!limit) return;
    const std::string before = call->request.param("before").value_or("");
    const auto position = from_hex(before);
    const auto offset = before.empty() ? std::optional<std::int64_t>(INT64_MAX) : number_in(before);
    read_settled(call, key_of(*call, call->params[0]), [this, call, limit = *limit, position, offset] {
      auto key = resolve(*call, call->params[0]);
      if (!key) return call->respond(problem(key.error()));
      if (!*key) return call->respond(problem(404, "not_found", "no such visitor"));
      const std::string& collection = call->params[1];
      if (collection == "events") {
        if (!offset || *offset < 0)
          return call->respond(problem(400, "out_of_range", "before must be an offset", "before"));
        auto records = events_of(**key, static_cast<Offset>(*offset), limit);
        if (!records) return call->respond(problem(records.error()));
        boost::json::array items;
        for (const core::LoggedRecord& record : each_event_once(*records)) items.push_back(view(record));
        const bool more = records->size() == limit;
        return call->respond(json_response(boost::json::serialize(
            boost::json::object{{"items", std::move(items)},
                                {"next", more ? boost::json::value(std::to_string(records->back().offset))
                                              : boost::json::value(nullptr)}})));
      }
      if (!position) return call->respond(bad_position());
      const ListRequest request{limit, *position};
      if (collection == "journeys") return call->respond(page_response(ports_.reader.journeys(**key, request)));
      if (collection == "signals") return respond_with_signals(call, ports_.reader.signals(**key, request));
      if (collection == "decisions") return call->respond(page_response(ports_.reader.decisions(**key, request)));
      if (collection == "interventions")
        return call->respond(page_response(ports_.reader.interventions(**key, request)));
      call->respond(problem(404, "no_such_route",
                            "a visitor has events, journeys, signals, decisions, interventions, attributes and watch"));
    });
  });

  router_.add(Method::kGet, "/v1/decisions/{id}", Access::kRead, [this](const CallPtr& call) {
    const auto id = Id128::parse(call->params[0]);
    if (!id) return call->respond(problem(404, "not_found", "no such decision"));
    read_settled(call, [this, call, id = DecisionId{*id}] {
      auto decision = ports_.reader.decision(id);
      if (!decision) return call->respond(problem(decision.error()));
      if (!*decision || (*decision)->site != call->caller.site)
        return call->respond(problem(404, "not_found", "no such decision"));
      auto exposure = ports_.reader.exposure(**decision);
      if (!exposure) return call->respond(problem(exposure.error()));
      boost::json::object seen = view(**decision);
      seen["exposure"] = *exposure ? boost::json::value(view(**exposure)) : boost::json::value(nullptr);
      call->respond(json_response(boost::json::serialize(seen)));
    });
  });

  router_.add(Method::kGet, "/v1/exposures", Access::kRead, [this](const CallPtr& call) {
    const auto limit = list_limit(call);
    if (!limit) return;
    const auto position = from_hex(call->request.param("before").value_or(""));
    if (!position) return call->respond(bad_position());
    read_settled(call, [this, call, request = ListRequest{*limit, *position}] {
      call->respond(page_response(ports_.reader.exposures(call->caller.site, request)));
    });
  });

  router_.add(Method::kGet, "/v1/dead-letters", Access::kOwn, [this](const CallPtr& call) {
    const auto limit = list_limit(call);
    if (!limit) return;
    read_settled(call, [this, call, limit = *limit] {
      auto letters = ports_.reader.dead_letters(limit);
      if (!letters) return call->respond(problem(letters.error()));
      boost::json::array items;
      for (const DeadLetter& letter : *letters) items.push_back(view(letter));
      call->respond(json_response(boost::json::serialize(boost::json::object{{"items", std::move(items)}})));
    });
  });

  router_.add(Method::kGet, "/v1/dead-letters/{offset}", Access::kOwn, [this](const CallPtr& call) {
    read_dead_letter(call, [call](const DeadLetter& letter) {
      boost::json::object out = view(letter);
      auto record = core::decode_record(letter.bytes);
      out["record"] = record ? boost::json::value(view(core::LoggedRecord{letter.offset, std::move(*record)}))
                             : boost::json::value(nullptr);
      call->respond(json_response(boost::json::serialize(out)));
    });
  });

  router_.add(Method::kPost, "/v1/dead-letters/{offset}/redrive", Access::kOwn, [this](const CallPtr& call) {
    read_dead_letter(call, [this, call](const DeadLetter& letter) {
      auto record = core::decode_record(letter.bytes);
      if (!record)
        return call->respond(
            problem(409, "undecodable", "the record's bytes cannot be read: " + record.error().message));
      ++record->attempt;
      append({std::move(*record)}, [call](const Result<Receipt>& appended) {
        if (!appended) return call->respond(problem(appended.error()));
        boost::json::object answer;
        if (appended->first) answer["offset"] = *appended->first;
        call->respond(json_response(boost::json::serialize(answer)));
      });
    });
  });
}

void Gateway::with_visitor(const CallPtr& call, std::function<void(const core::Visitor&)> use) {
  read_settled(call, key_of(*call, call->params[0]), [this, call, use = std::move(use)] {
    auto key = resolve(*call, call->params[0]);
    if (!key) return call->respond(problem(key.error()));
    auto visitor = *key ? ports_.reader.visitor(**key) : Result<std::optional<core::Visitor>>{std::nullopt};
    if (!visitor) return call->respond(problem(visitor.error()));
    if (!*visitor) return call->respond(problem(404, "not_found", "no such visitor"));
    transport_->post([use, visitor = std::move(**visitor)] { use(visitor); });
  });
}

void Gateway::respond_with_signals(const CallPtr& call, Result<ListPage<core::Signal>> page) {
  if (!page) return call->respond(problem(page.error()));
  transport_->post([this, call, page = std::move(*page)] {
    call->respond(signals_response(page, rules_now(call->caller.site).rules.analyst));
  });
}

void Gateway::read_dead_letter(const CallPtr& call, std::function<void(const DeadLetter&)> use) {
  const auto offset = number_in(call->params[0]);
  if (!offset) return call->respond(problem(404, "not_found", "no such dead letter"));
  read_settled(call, [this, call, offset = static_cast<Offset>(*offset), use = std::move(use)] {
    auto letter = ports_.reader.dead_letter(offset);
    if (!letter) return call->respond(problem(letter.error()));
    if (!*letter) return call->respond(problem(404, "not_found", "no such dead letter"));
    use(**letter);
  });
}

}  // namespace handrail::gateway
