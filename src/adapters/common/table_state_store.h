// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/common/table_engine.h"
#include "ports/state_reader.h"
#include "ports/state_store.h"

namespace handrail {

// Where folding on from a state begins, whatever the number of partitions: every record below `next` is in it.
struct StartingPoint {
  Offset next = 0;
  std::vector<core::LoggedRecord> control;  // as it was known there
};

// The state store over any ordered key-value engine: keys, codecs and secondary lists live here, once for all of them.
class TableStateStore final : public StateStore, public StateReader {
 public:
  // kCorrupt when the tables were written by a newer format.
  static Result<std::unique_ptr<TableStateStore>> open(std::unique_ptr<TableEngine> engine);

  Result<void> prepare(std::uint32_t count, Offset begin) override;
  Result<Checkpoint> checkpoint(Partition partition) override;
  Result<std::vector<std::optional<core::Visitor>>> load(std::span<const VisitorKey> keys) override;
  Result<std::vector<TimerRow>> timers(Partition partition) override;
  Result<std::vector<core::LoggedRecord>> control(Partition partition) override;
  Result<void> commit(const StateBatch& batch) override;
  Result<void> sync() override;
  TableEngine& engine() { return *engine_; }  // for who moves rows as they are
  // For copies of the data, and for copies in which somebody is to be forgotten.
  Result<void> copy_to(const std::filesystem::path& folder) { return engine_->copy_to(folder); }
  Result<StartingPoint> starting_point();
  Result<void> erase(std::span<const ErasedVisitor> visitors);
  Result<std::vector<SeenVisitor>> seen_visitors(VisitorKey after, std::size_t limit) override;
  Result<std::vector<ErasedVisitor>> erasures_to_do() override;
  Result<void> finish_erasures(std::span<const ErasedVisitor> gone) override;

  Result<std::optional<core::Visitor>> visitor(VisitorKey key) override;
  Result<ListPage<core::Signal>> signals(VisitorKey key, const ListRequest& request) override;
  Result<ListPage<core::Decision>> decisions(VisitorKey key, const ListRequest& request) override;
  Result<ListPage<core::Intervention>> interventions(VisitorKey key, const ListRequest& request) override;
  Result<ListPage<core::JourneySummary>> journeys(VisitorKey key, const ListRequest& request) override;
  Result<ListPage<core::Exposure>> exposures(std::string_view site, const ListRequest& request) override;
  Result<std::optional<core::Exposure>> exposure(const core::Decision& decision) override;
  Result<std::optional<core::Decision>> decision(DecisionId id) override;
  Result<std::optional<core::Intervention>> intervention(InterventionId id) override;
  Result<std::vector<core::Intervention>> live_interventions() override;
  Result<std::optional<core::Conversation>> conversation(ConversationId id) override;
  Result<std::vector<core::Conversation>> conversations(bool with_closed, std::size_t limit) override;
  Result<std::vector<core::ChatMessage>> messages(ConversationId id, std::optional<Offset> after,
                                                  std::size_t limit) override;
  Result<std::vector<VisitorKey>> visitors_of(std::string_view site, std::string_view user_id) override;
  Result<std::optional<ErasedVisitor>> erased_visitor(VisitorKey key) override;
  Result<std::vector<ErasedVisitor>> erased_visitors() override;
  Result<std::vector<core::LoggedRecord>> acts(std::optional<Offset> before, std::size_t limit) override;
  Result<std::vector<DeadLetter>> dead_letters(std::size_t limit) override;
  Result<std::optional<DeadLetter>> dead_letter(Offset offset) override;

 private:
  explicit TableStateStore(std::unique_ptr<TableEngine> engine) : engine_(std::move(engine)) {}

  Result<std::vector<core::LoggedRecord>> control_at(const std::string& key);
  // The writes that remove these visitors, and note it.
  Result<std::vector<TableEngine::Write>> erasing(std::span<const ErasedVisitor> visitors);
  Result<std::vector<TableEngine::Write>> removal_of(const VisitorKey& visitor);
  Result<void> remove_exposures(std::vector<TableEngine::Write>& writes, const std::vector<std::string>& decisions);
  Result<void> remove_dead_letters(std::vector<TableEngine::Write>& writes, std::span<const ErasedVisitor> visitors);
  Result<void> remove_conversations(std::vector<TableEngine::Write>& writes, std::span<const ErasedVisitor> visitors);
  Result<void> upgrade(std::uint64_t from);
  Result<std::optional<std::string>> get_one(Table table, std::string key);
  template <class T>
  Result<std::optional<T>> get_as(Table table, std::string key);
  template <class T>
  Result<std::vector<T>> get_all_as(Table table, const std::vector<std::string>& keys);
  template <class T>
  Result<ListPage<T>> page_of(Table table, const std::string& prefix, const ListRequest& request);
  template <class T>
  Result<ListPage<T>> page_by_id(Table list, Table rows, VisitorKey key, const ListRequest& request);

  std::unique_ptr<TableEngine> engine_;
};

}  // namespace handrail
