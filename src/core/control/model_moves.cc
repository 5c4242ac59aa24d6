// SPDX-License-Identifier: Apache-2.0
#include "core/control/model_moves.h"

#include "core/risk/exit_artefact.h"

namespace handrail::core {
namespace {

std::optional<std::uint64_t> version_in(const ModelsBook& book, std::string_view site, ModelStage stage) {
  for (const auto* version : book.versions(site)) {
    const auto move = book.move_of(site, version->about().version, INT64_MAX);
    if (move && move->stage == stage) return version->about().version;
  }
  return std::nullopt;
}

// The newest word by which another version than `live` was live.
std::optional<ModelMove> live_before(const ModelsBook& book, std::string_view site, std::uint64_t live) {
  const auto moves = book.moves(site);
  for (auto move = moves.rbegin(); move != moves.rend(); ++move) {
    if (move->stage != ModelStage::kLive || move->version == live) continue;
    const auto* version = book.version(site, move->version);
    if (version != nullptr && version->model != nullptr) return *move;
  }
  return std::nullopt;
}

}  // namespace

std::vector<ModelMove> moves_to(const ModelsBook& book, std::string_view site, const ModelMove& wish) {
  std::vector<ModelMove> moves;
  const bool is_alone = wish.stage == ModelStage::kLive || wish.stage == ModelStage::kCanary;
  for (const auto* version : book.versions(site)) {
    const std::uint64_t number = version->about().version;
    const auto now = book.move_of(site, number, INT64_MAX);
    if (!is_alone || number == wish.version || !now || now->stage != wish.stage) continue;
    ModelMove gone;
    gone.version = number;
    gone.stage = ModelStage::kRetired;
    gone.effective_at = wish.effective_at;
    gone.author = wish.author;
    gone.note = "version " + std::to_string(wish.version) + " takes its place";
    moves.push_back(std::move(gone));
  }
  moves.push_back(wish);
  return moves;
}

std::vector<ModelMove> taken_out(const ModelsBook& book, std::string_view site, std::uint64_t version, UnixMillis at,
                                 const std::string& author, const std::string& note) {
  ModelMove gone;
  gone.version = version;
  gone.stage = ModelStage::kRetired;
  gone.effective_at = at;
  gone.author = author;
  gone.note = note.empty() ? "rolled back" : note;
  std::vector<ModelMove> moves{gone};
  if (version_in(book, site, ModelStage::kLive) != version) return moves;
  if (auto before = live_before(book, site, version)) {
    before->effective_at = at;
    before->author = author;
    before->note = "back in the place of version " + std::to_string(version);
    moves.push_back(std::move(*before));
  }
  return moves;
}

std::vector<ModelMove> rolled_back(const ModelsBook& book, std::string_view site, UnixMillis at,
                                   const std::string& author, const std::string& note) {
  const auto canary = version_in(book, site, ModelStage::kCanary);
  const auto worst = canary ? canary : version_in(book, site, ModelStage::kLive);
  return worst ? taken_out(book, site, *worst, at, author, note) : std::vector<ModelMove>();
}

std::optional<int> beyond_budget(const ExitModel& model, std::span<const ScorePoint> points, const Policy& policy) {
  const auto share = share_reaching(model.peaks(), points, policy.qualify_risk);
  const int allowed = policy.offer_budget_permille * (100 + kBudgetSlackPercent) / 100;
  return share && *share > allowed ? share : std::nullopt;
}

}  // namespace handrail::core
