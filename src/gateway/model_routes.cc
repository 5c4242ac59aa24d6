// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "core/control/model_moves.h"
#include "gateway/gateway.h"
#include "gateway/model_registration.h"
#include "gateway/model_views.h"
#include "gateway/small_body.h"

// A site's exit-risk models: registered, put to a stage, rolled back.
namespace handrail::gateway {
namespace {

namespace json = boost::json;
using core::ModelMove;
using core::ModelStage;

constexpr std::size_t kNoteBytes = 500;
constexpr Millis kScheduleMax = 90 * kDay;
std::optional<ModelStage> stage_named(std::string_view name) {
  for (int i = 0; i < 5; ++i) {
    if (core::name_of(static_cast<ModelStage>(i)) == name) return static_cast<ModelStage>(i);
  }
  return std::nullopt;
}

void read_points(JsonReader& in, std::vector<core::ScorePoint>& points) {
  const auto given = in.optional_array("scorePoints");
  if (!given) return;
  for (const simdjson::dom::element item : *given) {
    double probability = 0;
    std::int64_t score = 0;
    if (item["probability"].get(probability) != simdjson::SUCCESS || item["score"].get(score) != simdjson::SUCCESS ||
        !(probability >= 0 && probability <= 1) || score < 0 || score > 100)
      return in.fail("scorePoints", "out_of_range", "must hold corners: probability 0 to 1, score 0 to 100");
    points.push_back(
        {static_cast<std::uint32_t>(std::llround(probability * core::kProbabilityOne)), static_cast<int>(score)});
  }
  if (const auto good = core::check_score_points(points); !good)
    in.fail("scorePoints", "out_of_range", good.error().message);
}

struct Wish {
  ModelMove move;
  bool over_budget = false;  // wanted all the same
};

void read_wish(JsonReader& in, UnixMillis now, Wish& wish) {
  const std::string name = in.text("stage", 20);
  const auto stage = stage_named(name);
  if (!in.fault() && !stage) in.fail("stage", "unknown_stage", "is candidate, shadow, canary, live or retired");
  wish.move.stage = stage.value_or(ModelStage::kCandidate);
  wish.move.percent = static_cast<std::uint32_t>(in.optional_integer("percent", 1, 99).value_or(0));
  if (!in.fault() && wish.move.stage == ModelStage::kCanary && wish.move.percent == 0)
    in.fail("percent", "missing", "says to how many of 100 visitors a canary speaks: 1 to 99");
  wish.move.note = in.optional_text("note", kNoteBytes);
  wish.move.effective_at = in.optional_integer("effectiveAt", 0, now + kScheduleMax).value_or(0);
  wish.over_budget = in.flag("overBudget", false);
  read_points(in, wish.move.score_points);
}

}  // namespace

// Nothing: answered.
const core::ModelsBook::Version* Gateway::named_model(const CallPtr& call) {
  const auto number = number_in(call->params[1]);
  const auto* version = number && *number > 0
                            ? guard_.directory().models().version(call->params[0], static_cast<std::uint64_t>(*number))
                            : nullptr;
  if (version == nullptr)
    call->respond(problem(404, "no_such_model", "the site has no model of that version", "version"));
  return version;
}

int Gateway::bar_of(const std::string& site) const { return rules_now(site).rules.policy.qualify_risk; }

void Gateway::register_model(const CallPtr& call) {
  const core::ModelsBook& book = guard_.directory().models();
  const std::string& site = call->caller.site;
  const std::string name = call->request.param("name").value_or("");
  auto changes = registration_of(book, site, call->request.body, name, call->caller.actor);
  if (!changes) {
    const Error& why = changes.error();
    const bool is_known = why.code == ErrorCode::kConflict;
    return call->respond(problem(is_known ? 409 : 400, is_known ? "model_known" : "bad_model", why.message, "body"));
  }
  const std::uint64_t number = std::get<core::ModelVersion>(changes->back()).version;
  administer(
      call, std::move(*changes), {"model.registered", site, "version " + std::to_string(number)}, [this, call, number] {
        const core::ModelsBook& now_known = guard_.directory().models();
        const auto* known = now_known.version(call->caller.site, number);
        if (known == nullptr) return call->respond(problem(503, "unavailable", "the model is on its way", "body"));
        HttpResponse response = json_response(json::serialize(
            model_view(now_known, call->caller.site, *known, ports_.clock.now() / 1000, bar_of(call->caller.site))));
        response.status = 201;
        call->respond(std::move(response));
      });
}

void Gateway::move_model(const CallPtr& call) {
  const auto* version = named_model(call);
  if (version == nullptr) return;
  const UnixMillis now = ports_.clock.now() / 1000;
  Wish wish;
  if (!read_body(call, [&](JsonReader& in) { read_wish(in, now, wish); })) return;
  ModelMove& move = wish.move;
  move.version = version->about().version;
  move.author = call->caller.actor;
  move.effective_at = std::max(move.effective_at, now + core::ControlState::kLeadTime);
  const bool speaks = move.stage == ModelStage::kCanary || move.stage == ModelStage::kLive;
  json::object answer;
  if (move.stage != ModelStage::kRetired && move.stage != ModelStage::kCandidate) {
    if (version->model == nullptr)
      return call->respond(problem(409, "unusable_model", "it cannot be asked: " + version->fault, "version"));
    if (move.score_points.empty()) move.score_points = version->model->score_points();
    const core::Policy& policy = rules_now(call->caller.site).rules.policy;
    const auto share = core::beyond_budget(*version->model, move.score_points, policy);
    if (speaks && share && !wish.over_budget)
      return call->respond(problem(409, "over_budget",
                                   "its score would reach " + std::to_string(policy.qualify_risk) + " in " +
                                       std::to_string(*share) + " of 1000 journeys, the site's budget is " +
                                       std::to_string(policy.offer_budget_permille) +
                                       " (policy.offer_budget_permille): give other scorePoints, or overBudget: true",
                                   "scorePoints"));
    answer["offers"] = offers_view(*version->model, move.score_points, policy.qualify_risk);
  }
  const auto moves = core::moves_to(guard_.directory().models(), call->caller.site, move);
  std::vector<core::RecordBody> changes(moves.begin(), moves.end());
  answer["move"] = move_view(move);
  administer(
      call, std::move(changes),
      {"model." + std::string(core::name_of(move.stage)), call->caller.site, "version " + std::to_string(move.version)},
      [call, answer] { call->respond(json_response(json::serialize(answer))); });
}

// A canary goes first; else the live model gives way to the one that was live before it, if there was one.
void Gateway::roll_back_model(const CallPtr& call) {
  const core::ModelsBook& book = guard_.directory().models();
  const std::string& site = call->caller.site;
  std::string note;
  if (!read_body(call, [&](JsonReader& in) { note = in.optional_text("note", kNoteBytes); })) return;
  const UnixMillis at = ports_.clock.now() / 1000 + core::ControlState::kLeadTime;
  auto changes = core::rolled_back(book, site, at, call->caller.actor, note);
  if (changes.empty())
    return call->respond(problem(409, "nothing_to_roll_back", "the site asks no canary and no live model", "site"));
  json::array moves;
  for (const ModelMove& change : changes) moves.push_back(move_view(change));
  std::vector<core::RecordBody> bodies(changes.begin(), changes.end());
  administer(call, std::move(bodies), {"model.rolled_back", site, "version " + std::to_string(changes.front().version)},
             [call, moves] {
               call->respond(json_response(json::serialize(json::object{{"moves", moves}})));
             });
}

void Gateway::add_model_routes() {
  router_.add(Method::kGet, "/v1/sites/{site}/models", Access::kRead, [this](const CallPtr& call) {
    const auto site = named_site(call);
    if (!site) return;
    const core::ModelsBook& book = guard_.directory().models();
    const UnixMillis now = ports_.clock.now() / 1000;
    json::array items;
    const auto versions = book.versions(site->id);
    for (auto version = versions.rbegin(); version != versions.rend(); ++version)
      items.push_back(model_view(book, site->id, **version, now, bar_of(site->id)));
    json::array moves;
    for (const ModelMove& move : book.moves(site->id)) moves.push_back(move_view(move));
    const auto& roster = book.at(site->id, now);
    const auto live = std::ranges::find(roster.models, ModelStage::kLive, &core::ServingModel::stage);
    const bool has_live = live != roster.models.end();
    call->respond(json_response(json::serialize(
        json::object{{"live", has_live ? json::value(live->version) : json::value(nullptr)},
                     {"decides", has_live ? "struggle and the live model" : "struggle alone: no model is live"},
                     {"items", std::move(items)},
                     {"moves", std::move(moves)}})));
  });

  router_.add(Method::kPost, "/v1/sites/{site}/models", Access::kManage, [this](const CallPtr& call) {
    if (take_named_site(call)) register_model(call);
  });

  router_.add(Method::kGet, "/v1/sites/{site}/models/{version}", Access::kRead, [this](const CallPtr& call) {
    const auto site = named_site(call);
    const auto* version = site ? named_model(call) : nullptr;
    if (version == nullptr) return;
    json::object out =
        model_view(guard_.directory().models(), site->id, *version, ports_.clock.now() / 1000, bar_of(site->id));
    boost::system::error_code ec;
    json::value card = json::parse(version->about().card, ec);
    out["card"] = ec ? json::value(nullptr) : std::move(card);
    call->respond(json_response(json::serialize(out)));
  });

  router_.add(Method::kGet, "/v1/sites/{site}/models/{version}/health", Access::kRead, [this](const CallPtr& call) {
    const auto site = named_site(call);
    const auto* version = site ? named_model(call) : nullptr;
    if (version == nullptr) return;
    if (ports_.model_watch == nullptr)
      return call->respond(
          problem(404, "not_here", "journeys are folded elsewhere: the workers' /metrics tell how models do"));
    call->respond(
        json_response(json::serialize(health_view(ports_.model_watch->health({site->id, version->about().version})))));
  });

  router_.add(Method::kGet, "/v1/sites/{site}/models/{version}/artefact", Access::kManage, [this](const CallPtr& call) {
    const auto site = named_site(call);
    const auto* version = site ? named_model(call) : nullptr;
    if (version == nullptr) return;
    HttpResponse response;
    response.content_type = "application/octet-stream";
    response.body = guard_.directory().models().artefact(site->id, version->about().version);
    call->respond(std::move(response));
  });

  router_.add(Method::kPost, "/v1/sites/{site}/models/{version}/stage", Access::kManage, [this](const CallPtr& call) {
    if (take_named_site(call)) move_model(call);
  });

  router_.add(Method::kPost, "/v1/sites/{site}/models/rollback", Access::kManage, [this](const CallPtr& call) {
    if (take_named_site(call)) roll_back_model(call);
  });
}

}  // namespace handrail::gateway
