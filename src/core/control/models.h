// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/risk/exit_model.h"

namespace handrail::core {

// Entries of the control log about a site's exit-risk models. The artefact travels in it too, in parts, so that every
// engine has the same model at the same log time, and a replay the one that was served then.

// A model's artefact, cut up. Parts come before the version that they belong to.
struct ModelPart {
  static constexpr std::size_t kBytesMax = 96 << 10;

  std::uint64_t version = 0;
  std::uint32_t number = 0;  // from 0 on
  std::string bytes;
};
template <class A>
void fields(A& a, ModelPart& p) {
  a(p.version, p.number, p.bytes);
}

// A model joins the registry, as a candidate.
struct ModelVersion {
  static constexpr std::size_t kCardBytesMax = 64 << 10;

  std::uint64_t version = 0;  // of the site's models; from 1 on
  std::string name;
  std::string hash;  // of the artefact, hex
  std::uint32_t parts = 0;
  std::uint64_t bytes = 0;
  UnixMillis trained_at = 0;
  std::string author;
  std::string card;  // what training measured, as JSON
};
template <class A>
void fields(A& a, ModelVersion& v) {
  a(v.version, v.name, v.hash, v.parts, v.bytes, v.trained_at, v.author, v.card);
}

enum class ModelStage : std::uint8_t {
  kCandidate,  // kept, asked by nobody
  kShadow,     // asked about every journey, heard by nobody
  kCanary,     // serves a share of the visitors
  kLive,       // serves all others
  kRetired,
};
constexpr std::uint64_t enum_end(ModelStage) { return 5; }
std::string_view name_of(ModelStage stage);

// A model changes its stage. The newest word about a version that has taken effect holds.
struct ModelMove {
  std::uint64_t version = 0;
  ModelStage stage = ModelStage::kCandidate;
  std::uint32_t percent = 0;             // canary: of visitors
  std::vector<ScorePoint> score_points;  // fixed here: what its probabilities mean; empty where nobody hears it
  UnixMillis effective_at = 0;
  std::string author;
  std::string note;
};
template <class A>
void fields(A& a, ModelMove& m) {
  a(m.version, m.stage, m.percent, m.score_points, m.effective_at, m.author, m.note);
}

}  // namespace handrail::core
