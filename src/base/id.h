// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace handrail {

using Offset = std::uint64_t;  // a record's place in the log; dense, from 0

std::uint64_t hash64(std::string_view bytes);

// A 128-bit name made of its causes: the same causes give the same id on every run and machine.
struct Id128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  auto operator<=>(const Id128&) const = default;
  bool is_zero() const { return high == 0 && low == 0; }
  std::string hex() const;    // 32 lower-case digits
  std::string bytes() const;  // 16 bytes, big-endian: sorts like the number
  static std::optional<Id128> parse(std::string_view hex);
  static Id128 from_bytes(std::string_view sixteen);
};

// Hash of the parts, each with its length, so that ("ab","c") and ("a","bc") differ. XXH3-128, fixed seed.
Id128 id_of(std::initializer_list<std::string_view> parts);

// A tagged id: ids of different things do not mix.
template <class Tag>
struct TypedId : Id128 {
  TypedId() = default;
  explicit TypedId(Id128 id) : Id128(id) {}
  auto operator<=>(const TypedId&) const = default;
};
using VisitorKey = TypedId<struct VisitorTag>;  // hash of (site, anonymousId, else userId); never changes
using DecisionId = TypedId<struct DecisionTag>;
using InterventionId = TypedId<struct InterventionTag>;
using JourneyId = TypedId<struct JourneyTag>;
using EpisodeId = TypedId<struct EpisodeTag>;
using ConversationId = TypedId<struct ConversationTag>;
using AnalysisId = TypedId<struct AnalysisTag>;

VisitorKey visitor_key(std::string_view site, std::string_view visitor);

struct IdHash {
  std::size_t operator()(const Id128& id) const noexcept { return id.low; }
};

}  // namespace handrail
