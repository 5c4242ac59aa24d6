// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/event/record.h"
#include "core/risk/exit_artefact.h"

namespace handrail::core {

// Whether the control entry is a ModelPart, ModelVersion or ModelMove.
bool is_about_models(const Record& entry);

// A model that is asked.
struct ServingModel {
  std::uint64_t version = 0;
  ModelStage stage = ModelStage::kLive;
  std::uint32_t percent = 0;  // of a canary
  std::shared_ptr<const ExitModel> model;
  std::vector<ScorePoint> score_points;
};

// The models that a site asks, from one moment to the next.
struct ModelRoster {
  static constexpr std::size_t kModelsMax = 4;  // asked at once

  std::vector<ServingModel> models;  // live, canary, shadows: those of each by version
  std::vector<Property> wanted;      // what their journeys' trails must hold

  bool is_empty() const { return models.empty(); }
  // Whose word counts for this visitor: the canary's for its share, drawn by name once and for good; else the live
  // one's. Nothing: none.
  const ServingModel* serving(std::string_view site, std::string_view visitor) const;
};

// Every site's models, by log time. A model is read and checked when its version comes; one that cannot be is listed
// and never asked.
class ModelsBook {
 public:
  static constexpr std::size_t kVersionsMax = 8;  // of a site, with artefact; the oldest that nobody asks goes
  static constexpr std::size_t kMovesMax = 64;    // of a site; the oldest that was superseded goes
  static constexpr std::size_t kWaitingMax = 2;   // versions whose parts wait for them

  struct Version {
    LoggedRecord entry;
    std::map<std::uint32_t, LoggedRecord> parts;  // by number
    std::shared_ptr<const ExitModel> model;
    std::string fault;  // why there is none
    const ModelVersion& about() const { return std::get<ModelVersion>(entry.record.body); }
  };

  void take(const LoggedRecord& entry);  // a ModelPart, ModelVersion or ModelMove; in any order, also twice
  // What held at that log time. O(log moves).
  const ModelRoster& at(std::string_view site, UnixMillis at) const;

  std::vector<std::string> sites() const;                             // that have any
  std::vector<const Version*> versions(std::string_view site) const;  // ascending
  const Version* version(std::string_view site, std::uint64_t version) const;
  std::string artefact(std::string_view site, std::uint64_t version) const;  // "" where there is none
  // The newest word about it that has taken effect by then; nothing: still a candidate.
  std::optional<ModelMove> move_of(std::string_view site, std::uint64_t version, UnixMillis at) const;
  std::vector<ModelMove> moves(std::string_view site) const;  // by the time they take effect
  std::uint64_t newest(std::string_view site) const;          // number; 0: none yet
  std::vector<LoggedRecord> entries() const;

 private:
  struct Epoch {
    UnixMillis from = 0;
    ModelRoster roster;
  };
  struct SiteModels {
    std::map<std::uint64_t, std::map<std::uint32_t, LoggedRecord>> waiting;  // parts whose version has not come
    std::map<std::uint64_t, Version> versions;
    std::vector<LoggedRecord> moves;  // by effective_at, then as they came
    std::vector<Epoch> epochs;        // ascending
  };
  static void add_part(SiteModels& site, const LoggedRecord& entry);
  static void add_version(SiteModels& site, const LoggedRecord& entry);
  static void add_move(SiteModels& site, const LoggedRecord& entry);
  static void make_room(SiteModels& site);
  static void forget_moves(SiteModels& site);
  static void call_rolls(SiteModels& site);
  static ModelRoster roster_at(const SiteModels& site, UnixMillis at);
  const SiteModels* find(std::string_view site) const;

  std::map<std::string, SiteModels, std::less<>> sites_;
};

}  // namespace handrail::core
