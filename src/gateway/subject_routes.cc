// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>
#include <set>

#include "gateway/gateway.h"
#include "gateway/small_body.h"
#include "gateway/views.h"

// What a visitor may ask of a site: all that is kept of them, and that it goes.
namespace handrail::gateway {
namespace {

namespace json = boost::json;

constexpr std::size_t kPage = 500;
constexpr std::size_t kSubjectVisitorsMax = 1000;  // of one person
constexpr std::size_t kExportRowsMax = 200'000;    // of one list

// All rows of a list, page by page.
template <class List>
Result<json::array> whole(List list) {
  json::array out;
  ListRequest request{kPage, ""};
  while (out.size() < kExportRowsMax) {
    auto page = list(request);
    if (!page) return pass_on(page);
    for (const auto& item : page->items) out.push_back(view(item));
    if (!page->next) break;
    request.before = *page->next;
  }
  return out;
}

json::object erasure(const ErasedVisitor& erased) {
  return {{"visitorHash", erased.visitor.hex()},
          {"at", erased.at},
          {"below", erased.below},
          {"goneAt", erased.gone_at ? json::value(*erased.gone_at) : json::value(nullptr)}};
}

Result<json::object> all_of(const GatewayPorts& ports, const std::string& site, const std::string& id) {
  const VisitorKey key = visitor_key(site, id);
  json::object out{{"visitor", id}};
  const auto put = [&](const char* name, Result<json::array> list) -> Result<void> {
    if (!list) return pass_on(list);
    out[name] = std::move(*list);
    return {};
  };
  auto& reader = ports.reader;
  auto records = ports.history.read_visitor(key, INT64_MAX, kExportRowsMax);
  if (!records) return pass_on(records);
  json::array kept;
  for (const core::LoggedRecord& record : *records) kept.push_back(view(record));
  out["records"] = std::move(kept);
  const auto lists = {
      put("journeys", whole([&](const ListRequest& r) { return reader.journeys(key, r); })),
      put("signals", whole([&](const ListRequest& r) { return reader.signals(key, r); })),
      put("decisions", whole([&](const ListRequest& r) { return reader.decisions(key, r); })),
      put("interventions", whole([&](const ListRequest& r) { return reader.interventions(key, r); })),
  };
  for (const Result<void>& list : lists) {
    if (!list) return pass_on(list);
  }
  auto conversations = reader.conversations(true, kExportRowsMax);
  if (!conversations) return pass_on(conversations);
  json::array talks;
  for (const core::Conversation& conversation : *conversations) {
    if (conversation.site != site || conversation.visitor != id) continue;
    auto messages = reader.messages(conversation.id, std::nullopt, kExportRowsMax);
    if (!messages) return pass_on(messages);
    talks.push_back(view(conversation, *messages));
  }
  out["conversations"] = std::move(talks);
  return out;
}

}  // namespace

// The ids under which the same human is known: a visitor's person, and a person's visitors.
Result<std::vector<std::string>> Gateway::ids_of_subject(const Call& call, const std::string& id) {
  std::set<std::string> known{id};
  std::vector<std::string> to_ask{id};
  std::vector<std::string> found;
  while (!to_ask.empty() && known.size() <= kSubjectVisitorsMax) {
    const std::string next = std::move(to_ask.back());
    to_ask.pop_back();
    auto visitor = ports_.reader.visitor(key_of(call, next));
    if (!visitor) return pass_on(visitor);
    if (!*visitor) continue;
    found.push_back(next);
    std::vector<std::string> others = (*visitor)->person.visitors;
    if (!(*visitor)->profile.user_id.empty()) others.push_back((*visitor)->profile.user_id);
    for (const std::string& other : others) {
      if (known.insert(other).second) to_ask.push_back(other);
    }
  }
  return found;
}

void Gateway::add_subject_routes() {
  router_.add(Method::kGet, "/v1/visitors/{visitor}/export", Access::kManage, [this](const CallPtr& call) {
    read_settled(call, [this, call] {
      auto ids = ids_of_subject(*call, call->params[0]);
      if (!ids) return call->respond(problem(ids.error()));
      if (ids->empty()) return call->respond(problem(404, "not_found", "no such visitor"));
      json::array visitors;
      for (const std::string& id : *ids) {
        auto all = all_of(ports_, call->caller.site, id);
        if (!all) return call->respond(problem(all.error()));
        visitors.push_back(std::move(*all));
      }
      call->respond(json_response(json::serialize(json::object{
          {"site", call->caller.site}, {"at", ports_.clock.now() / 1000}, {"visitors", std::move(visitors)}})));
    });
  });

  router_.add(Method::kDelete, "/v1/visitors/{visitor}", Access::kManage, [this](const CallPtr& call) {
    read_settled(call, [this, call] {
      auto ids = ids_of_subject(*call, call->params[0]);
      if (!ids) return call->respond(problem(ids.error()));
      if (ids->empty()) return call->respond(problem(404, "not_found", "no such visitor"));
      transport_->post([this, call, ids = std::move(*ids)] { erase(call, ids); });
    });
  });

  router_.add(Method::kGet, "/v1/erasures", Access::kOwn, [this](const CallPtr& call) {
    read_settled(call, [this, call] {
      auto erased = ports_.reader.erased_visitors();
      if (!erased) return call->respond(problem(erased.error()));
      json::array items;
      for (const ErasedVisitor& one : *erased) items.push_back(erasure(one));
      call->respond(json_response(json::serialize(json::object{{"items", std::move(items)}})));
    });
  });
}

// One append: after a crash all of them are to be forgotten, or none. The audit names the first by its hash alone.
void Gateway::erase(const CallPtr& call, const std::vector<std::string>& ids) {
  std::vector<core::Record> records;
  for (const std::string& id : ids) records.push_back(record_of(*call, id, core::Erasure{}));
  records.push_back(
      record_of(*call, {},
                core::Act{call->caller.actor, call->request.peer, "visitor.erased",
                          key_of(*call, call->params[0]).hex(), std::to_string(ids.size()) + " visitors"}));
  append(std::move(records), [this, call, count = ids.size()](const Result<Receipt>& first) {
    if (!first) return call->respond(problem(first.error()));
    read_settled(call, [this, call, count] {
      call->respond(json_response(json::serialize(
          json::object{{"visitors", count}, {"at", ports_.clock.now() / 1000}, {"filesWithinHours", 24}})));
    });
  });
}

}  // namespace handrail::gateway
