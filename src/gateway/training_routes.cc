// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <boost/json.hpp>

#include "core/journey/trail.h"
#include "gateway/gateway.h"
#include "gateway/model_registration.h"
#include "gateway/small_body.h"
#include "telemetry/log.h"

// A model trained out of a site's history, beside the server that goes on; it joins the registry as a candidate.
namespace handrail::gateway {
namespace {

namespace json = boost::json;

constexpr std::size_t kNameBytes = 100;
constexpr std::size_t kPathBytes = 200;
constexpr std::int64_t kTrialsMax = 100;

const char* name_of(TrainingStatus::State state) {
  static constexpr std::array kNames = {"idle", "running", "done", "failed"};
  return kNames[static_cast<std::size_t>(state)];
}

void read_paths(JsonReader& in, const char* name, std::vector<std::string>& paths) {
  const auto given = in.optional_array(name);
  if (!given) return;
  for (const simdjson::dom::element item : *given) {
    std::string_view path;
    if (item.get(path) != simdjson::SUCCESS || path.empty() || path.size() > kPathBytes || path.starts_with('-'))
      return in.fail(name, "bad_path", "must hold paths of properties, such as \"loan.amount\"");
    if (paths.size() == core::Trail::kPropertiesMax)
      return in.fail(name, "too_long", "holds too many", core::Trail::kPropertiesMax);
    paths.emplace_back(path);
  }
}

void read_order(JsonReader& in, TrainingOrder& order) {
  order.name = in.optional_text("name", kNameBytes);
  if (order.name.empty()) order.name = "exit risk";
  order.seed = static_cast<std::uint64_t>(in.optional_integer("seed", 0, INT64_MAX).value_or(1));
  order.trials = static_cast<int>(in.optional_integer("trials", 1, kTrialsMax).value_or(8));
  order.labels_min = static_cast<std::uint64_t>(in.optional_integer("labelsMin", 1, INT64_MAX).value_or(100));
  read_paths(in, "numbers", order.numbers);
  read_paths(in, "categories", order.categories);
}

json::object status_view(const TrainingStatus& status, const std::string& site) {
  if (status.order.site != site) return {{"state", "idle"}};
  json::object out{{"state", name_of(status.state)}};
  if (status.state == TrainingStatus::State::kIdle) return out;
  out["name"] = status.order.name;
  out["seed"] = status.order.seed;
  out["author"] = status.order.actor;
  out["begunAt"] = status.begun_at;
  out["endedAt"] = status.ended_at ? json::value(*status.ended_at) : json::value(nullptr);
  out["share"] = status.share;
  out["words"] = status.words;
  return out;
}

}  // namespace

void Gateway::take_trained(const TrainingOrder& order, const std::string& artefact) {
  const core::ModelsBook& book = guard_.directory().models();
  auto changes = registration_of(book, order.site, artefact, order.name, order.actor);
  if (!changes) {
    telemetry::log_error("the model that was trained is not registered: " + changes.error().message);
    return;
  }
  const UnixMicros now = ports_.clock.now();
  changes->emplace_back(core::Act{order.actor, {}, "model.trained", order.site, order.name});
  std::vector<core::Record> records;
  for (core::RecordBody& change : *changes) records.push_back({order.site, {}, now, 0, std::move(change)});
  append(records, [this, records](const Result<Receipt>& receipt) {
    if (!receipt)
      return telemetry::log_error("the model that was trained is not registered: " + receipt.error().message);
    transport_->post([this, records, receipt = *receipt] { take_control(records, receipt); });
  });
}

void Gateway::add_training_routes() {
  if (ports_.trainer != nullptr) {
    ports_.trainer->set_on_trained([this](const TrainingOrder& order, std::string artefact) {
      transport_->post([this, order, artefact = std::move(artefact)] { take_trained(order, artefact); });
    });
  }

  router_.add(Method::kPost, "/v1/sites/{site}/models/training", Access::kManage, [this](const CallPtr& call) {
    if (!take_named_site(call)) return;
    if (ports_.trainer == nullptr)
      return call->respond(problem(404, "not_here", "this server keeps no log to learn from: handrail train does"));
    TrainingOrder order;
    if (!read_body(call, [&](JsonReader& in) { read_order(in, order); })) return;
    order.site = call->caller.site;
    order.actor = call->caller.actor;
    if (auto begun = ports_.trainer->begin(order); !begun) return call->respond(problem(begun.error()));
    HttpResponse response = json_response(json::serialize(status_view(ports_.trainer->status(), order.site)));
    response.status = 202;
    call->respond(std::move(response));
  });

  router_.add(Method::kGet, "/v1/sites/{site}/models/training", Access::kRead, [this](const CallPtr& call) {
    const auto site = named_site(call);
    if (!site) return;
    const TrainingStatus status = ports_.trainer == nullptr ? TrainingStatus{} : ports_.trainer->status();
    call->respond(json_response(json::serialize(status_view(status, site->id))));
  });

  router_.add(Method::kDelete, "/v1/sites/{site}/models/training", Access::kManage, [this](const CallPtr& call) {
    if (!take_named_site(call)) return;
    const bool is_sites = ports_.trainer != nullptr && ports_.trainer->status().order.site == call->caller.site;
    if (!is_sites || !ports_.trainer->cancel())
      return call->respond(problem(409, "nothing_to_cancel", "no model of the site is being trained", "site"));
    administer(call, {}, {"model.training_cancelled", call->caller.site, {}},
               [call] { call->respond(json_response(R"({"cancelled":true})")); });
  });
}

}  // namespace handrail::gateway
