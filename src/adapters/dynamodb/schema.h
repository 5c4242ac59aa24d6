// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/dynamodb/database.h"

// The tables (docs/aws.md has their access patterns). All have a text `pk` and a text `sk`; `ttl` is when DynamoDB may
// remove a row.
namespace handrail::dynamodb {

inline constexpr std::string_view kJourneys = "journeys";  // visitors' state, and summaries of journeys
inline constexpr std::string_view kEvents = "events";      // records by visitor; foreign ids
inline constexpr std::string_view kSignals = "struggle-signals";
inline constexpr std::string_view kInterventions = "interventions";  // decisions, interventions
inline constexpr std::string_view kOutcomes = "outcomes";            // exposures
inline constexpr std::string_view kChat = "chat";
inline constexpr std::string_view kControl = "control";  // what holds for all; dead letters; who was erased
inline constexpr std::string_view kTables[] = {kJourneys, kEvents, kSignals, kInterventions,
                                               kOutcomes, kChat,   kControl};

// By which visitors' next deadlines are found: the index "due" of kJourneys, over `due_bucket` (text) and `due` (ms).
inline constexpr std::string_view kDueIndex = "due";
inline constexpr std::uint64_t kDueBuckets = 8;  // so that no partition of the index takes all writes

enum class Standing : std::uint8_t { kMissing, kBeingMade, kReady, kDifferent };

struct TableReport {
  std::string name;
  Standing standing = Standing::kMissing;
  std::string difference;  // kDifferent: what is not as it should be
};

// ScyllaDB's Alternator isolates a conditional write from others only under two of its policies, which a table's tag
// names (docs.scylladb.com, "Write isolation policies"). Others lose writes, or refuse conditional ones.
inline constexpr std::string_view kIsolationTag = "system:write_isolation";
inline constexpr std::string_view kIsolation = "always_use_lwt";  // what `create` sets where nothing is said

// Whether conditional writes hold on the table where visitors are. kConflict says what to change. For other databases
// than Alternator nothing is asked.
Result<void> check_isolation(Database& database);

// How the tables stand in the database.
Result<std::vector<TableReport>> inspect(Database& database);
// Makes those that are missing, and sets their TTL and, on Alternator, their write isolation; waits until all are
// ready, about `patience_s` seconds. Those that are there stay as they are. kConflict where one is different.
Result<std::vector<TableReport>> create(Database& database, const std::function<void(Millis)>& pause, int patience_s);

// The request that makes a table ("CreateTable"), which says what it is made of.
boost::json::object definition_of(std::string_view table, const std::string& name);

}  // namespace handrail::dynamodb
