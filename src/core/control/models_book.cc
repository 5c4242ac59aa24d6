// SPDX-License-Identifier: Apache-2.0
#include "core/control/models_book.h"

#include <algorithm>
#include <array>

namespace handrail::core {
namespace {

const ModelMove& move_in(const LoggedRecord& entry) { return std::get<ModelMove>(entry.record.body); }
const ModelPart& part_in(const LoggedRecord& entry) { return std::get<ModelPart>(entry.record.body); }
UnixMillis effective_at(const LoggedRecord& entry) { return move_in(entry).effective_at; }

using Parts = std::map<std::uint32_t, LoggedRecord>;

std::string joined(const Parts& parts) {
  std::string all;
  for (const auto& [number, part] : parts) all += part_in(part).bytes;
  return all;
}

bool is_whole(const ModelVersion& about, const Parts& parts) {
  return parts.size() == about.parts && (parts.empty() || parts.rbegin()->first == about.parts - 1);
}

void read_model(ModelsBook::Version& version) {
  const ModelVersion& about = version.about();
  version.fault.clear();
  if (!is_whole(about, version.parts)) {
    version.fault = "parts of it are missing";
    return;
  }
  const std::string artefact = joined(version.parts);
  if (id_of({artefact}).hex() != about.hash) {
    version.fault = "its bytes are not those that were registered";
    return;
  }
  const auto parts = decode_exit_parts(artefact);
  const auto model = parts ? ExitModel::of(*parts) : Result<std::shared_ptr<const ExitModel>>(pass_on(parts));
  if (model) {
    version.model = *model;
  } else {
    version.fault = model.error().message;
  }
}

const ModelMove* newest_move(const std::vector<LoggedRecord>& moves, std::uint64_t version, UnixMillis at) {
  for (auto move = moves.rbegin(); move != moves.rend(); ++move) {
    if (move_in(*move).version == version && effective_at(*move) <= at) return &move_in(*move);
  }
  return nullptr;
}

bool is_asked(ModelStage stage) {
  return stage == ModelStage::kShadow || stage == ModelStage::kCanary || stage == ModelStage::kLive;
}

void add_wanted(std::vector<Property>& wanted, const std::vector<Property>& more) {
  for (const Property& property : more) {
    if (wanted.size() < Trail::kPropertiesMax && std::ranges::find(wanted, property) == wanted.end())
      wanted.push_back(property);
  }
}

int place_of(ModelStage stage) { return stage == ModelStage::kLive ? 0 : stage == ModelStage::kCanary ? 1 : 2; }

}  // namespace

bool is_about_models(const Record& entry) {
  return std::visit(
      []<class T>(const T&) {
        return std::same_as<T, ModelPart> || std::same_as<T, ModelVersion> || std::same_as<T, ModelMove>;
      },
      entry.body);
}

std::string_view name_of(ModelStage stage) {
  static constexpr std::array<std::string_view, 5> kNames = {"candidate", "shadow", "canary", "live", "retired"};
  return kNames[static_cast<std::size_t>(stage)];
}

const ServingModel* ModelRoster::serving(std::string_view site, std::string_view visitor) const {
  const ServingModel* live = nullptr;
  for (const ServingModel& one : models) {
    if (one.stage == ModelStage::kLive) live = &one;
    if (one.stage != ModelStage::kCanary) continue;
    const auto draw = id_of({"canary", site, visitor, std::to_string(one.version)}).low % 100;
    if (draw < one.percent) return &one;
  }
  return live;
}

void ModelsBook::take(const LoggedRecord& entry) {
  SiteModels& site = sites_[entry.record.site];
  if (std::holds_alternative<ModelPart>(entry.record.body)) {
    add_part(site, entry);
  } else if (std::holds_alternative<ModelVersion>(entry.record.body)) {
    add_version(site, entry);
  } else {
    add_move(site, entry);
  }
}

void ModelsBook::add_part(SiteModels& site, const LoggedRecord& entry) {
  const ModelPart& part = part_in(entry);
  const auto known = site.versions.find(part.version);
  if (known == site.versions.end()) {
    site.waiting[part.version].insert_or_assign(part.number, entry);
    if (site.waiting.size() > kWaitingMax) site.waiting.erase(site.waiting.begin());
    return;
  }
  Version& version = known->second;
  if (version.model != nullptr || part.number >= version.about().parts) return;
  version.parts.insert_or_assign(part.number, entry);
  read_model(version);
  call_rolls(site);
}

void ModelsBook::add_version(SiteModels& site, const LoggedRecord& entry) {
  const std::uint64_t number = std::get<ModelVersion>(entry.record.body).version;
  if (site.versions.contains(number)) return;
  Version version{entry, std::move(site.waiting[number]), nullptr, {}};
  site.waiting.erase(number);
  read_model(version);
  site.versions.emplace(number, std::move(version));
  if (site.versions.size() > kVersionsMax) make_room(site);
  call_rolls(site);
}

void ModelsBook::add_move(SiteModels& site, const LoggedRecord& entry) {
  if (std::ranges::find(site.moves, entry.offset, &LoggedRecord::offset) != site.moves.end()) return;
  const auto place =
      std::ranges::upper_bound(site.moves, std::pair(effective_at(entry), entry.offset), {},
                               [](const LoggedRecord& m) { return std::pair(effective_at(m), m.offset); });
  site.moves.insert(place, entry);
  forget_moves(site);
  call_rolls(site);
}

void ModelsBook::make_room(SiteModels& site) {
  const auto is_idle = [&](const auto& item) {
    const ModelMove* last = newest_move(site.moves, item.first, INT64_MAX);
    return last == nullptr || !is_asked(last->stage);
  };
  auto victim = std::ranges::find_if(site.versions, is_idle);
  if (victim == site.versions.end()) victim = site.versions.begin();
  std::erase_if(site.moves, [&](const LoggedRecord& move) { return move_in(move).version == victim->first; });
  site.versions.erase(victim);
}

// A move that a later one of the same version superseded goes first.
void ModelsBook::forget_moves(SiteModels& site) {
  while (site.moves.size() > kMovesMax) {
    const auto is_superseded = [&](const LoggedRecord& move) {
      return std::ranges::count_if(site.moves, [&](const LoggedRecord& other) {
               return move_in(other).version == move_in(move).version;
             }) > 1;
    };
    const auto victim = std::ranges::find_if(site.moves, is_superseded);
    site.moves.erase(victim == site.moves.end() ? site.moves.begin() : victim);
  }
}

ModelRoster ModelsBook::roster_at(const SiteModels& site, UnixMillis at) {
  ModelRoster roster;
  for (const auto& [number, version] : site.versions) {
    const ModelMove* move = newest_move(site.moves, number, at);
    if (move == nullptr || !is_asked(move->stage) || version.model == nullptr) continue;
    const auto& points = move->score_points.empty() ? version.model->score_points() : move->score_points;
    roster.models.push_back({number, move->stage, move->percent, version.model, points});
  }
  std::ranges::stable_sort(roster.models, {}, [](const ServingModel& m) { return place_of(m.stage); });
  if (roster.models.size() > ModelRoster::kModelsMax) roster.models.resize(ModelRoster::kModelsMax);
  for (const ServingModel& one : roster.models) add_wanted(roster.wanted, one.model->features().recipe().properties);
  return roster;
}

void ModelsBook::call_rolls(SiteModels& site) {
  site.epochs.clear();
  for (const LoggedRecord& move : site.moves) {
    if (!site.epochs.empty() && site.epochs.back().from == effective_at(move)) continue;
    site.epochs.push_back({effective_at(move), roster_at(site, effective_at(move))});
  }
}

const ModelsBook::SiteModels* ModelsBook::find(std::string_view site) const {
  const auto found = sites_.find(site);
  return found == sites_.end() ? nullptr : &found->second;
}

const ModelRoster& ModelsBook::at(std::string_view site, UnixMillis at) const {
  static const ModelRoster none;
  if (sites_.empty()) return none;
  const SiteModels* known = find(site);
  if (known == nullptr) return none;
  const auto next = std::ranges::upper_bound(known->epochs, at, {}, &Epoch::from);
  return next == known->epochs.begin() ? none : std::prev(next)->roster;
}

std::vector<std::string> ModelsBook::sites() const {
  std::vector<std::string> all;
  all.reserve(sites_.size());
  for (const auto& [name, site] : sites_) all.push_back(name);
  return all;
}

std::vector<const ModelsBook::Version*> ModelsBook::versions(std::string_view site) const {
  std::vector<const Version*> all;
  if (const SiteModels* known = find(site)) {
    for (const auto& [number, version] : known->versions) all.push_back(&version);
  }
  return all;
}

const ModelsBook::Version* ModelsBook::version(std::string_view site, std::uint64_t version) const {
  const SiteModels* known = find(site);
  if (known == nullptr) return nullptr;
  const auto found = known->versions.find(version);
  return found == known->versions.end() ? nullptr : &found->second;
}

std::string ModelsBook::artefact(std::string_view site, std::uint64_t number) const {
  const Version* known = version(site, number);
  return known == nullptr || !is_whole(known->about(), known->parts) ? std::string() : joined(known->parts);
}

std::optional<ModelMove> ModelsBook::move_of(std::string_view site, std::uint64_t version, UnixMillis at) const {
  const SiteModels* known = find(site);
  const ModelMove* move = known == nullptr ? nullptr : newest_move(known->moves, version, at);
  return move == nullptr ? std::nullopt : std::optional(*move);
}

std::vector<ModelMove> ModelsBook::moves(std::string_view site) const {
  std::vector<ModelMove> all;
  if (const SiteModels* known = find(site)) {
    for (const LoggedRecord& entry : known->moves) all.push_back(move_in(entry));
  }
  return all;
}

std::uint64_t ModelsBook::newest(std::string_view site) const {
  const SiteModels* known = find(site);
  return known == nullptr || known->versions.empty() ? 0 : known->versions.rbegin()->first;
}

std::vector<LoggedRecord> ModelsBook::entries() const {
  std::vector<LoggedRecord> all;
  for (const auto& [name, site] : sites_) {
    for (const auto& [number, version] : site.versions) {
      for (const auto& [part_number, part] : version.parts) all.push_back(part);
      all.push_back(version.entry);
    }
    for (const auto& [number, parts] : site.waiting) {
      for (const auto& [part_number, part] : parts) all.push_back(part);
    }
    all.insert(all.end(), site.moves.begin(), site.moves.end());
  }
  return all;
}

}  // namespace handrail::core
