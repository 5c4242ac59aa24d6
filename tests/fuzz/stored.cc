// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <array>
#include <cstring>

#include "adapters/common/table_state_store.h"
#include "adapters/memory/memory_tables.h"
#include "adapters/segments/scan.h"
#include "base/archive.h"
#include "base/check.h"
#include "tests/fuzz/targets.h"
#include "tests/support/folder.h"
#include "tests/support/memory_file.h"

namespace handrail::fuzz {
namespace {

using namespace segments;

constexpr std::uint64_t kSegment = 7;
const VisitorKey kVisitor = visitor_key("default", "v");

std::vector<core::Record> records_of_a_visit() {
  test::Visit v("v");
  return {v.page(0),
          v.click(1, core::Reaction::kNone),
          v.invalid(4),
          v.submit(5, core::SubmitResult::kFailed),
          v.event(11, core::Identify{"anna"}),
          v.struggle(12, 3),
          v.answer(14, InterventionId{id_of({"i"})}, core::AnswerKind::kDismissed, true),
          v.record(16, core::TimerFired{}),
          v.record(18, core::AgentAvailability{"Maya", true, 20})};
}

std::string payload_of_a_visit() {
  std::string payload;
  for (const core::Record& record : records_of_a_visit())
    append_entry(payload, record.is_control() ? VisitorKey{} : record.key(), 9, record);
  return payload;
}

std::string block_of(std::string_view payload, Offset first, std::uint32_t count) {
  BlockHeader header;
  header.count = count;
  header.segment = kSegment;
  header.first = first;
  header.log_time = test::kStart;
  header.payload_bytes = static_cast<std::uint32_t>(payload.size());
  header.payload_hash = hash64(payload);
  std::string block = encode(header);
  block.append(payload);
  block.resize(aligned(block.size()), '\0');
  return block;
}

void scan(std::string_view file_content) {
  const test::MemoryFile memory(file_content);
  auto file = File::open(memory.path(), O_RDONLY);
  check(file.has_value(), "a file in memory can be opened");
  std::string fault;
  SegmentHeader header = decode_segment_header(file_content, fault).value_or(SegmentHeader{kSegment, 0, 1 << 16});
  header.file_bytes = std::min<std::uint64_t>(header.file_bytes, 1 << 16);
  if (const auto scanned = scan_segment(*file, header))
    check(scanned->index.end_position() <= std::max<std::size_t>(aligned(file_content.size()), kSegmentHeaderBytes),
          "no block ends beyond the file");
  (void)read_block(*file, header.id, kSegmentHeaderBytes, header.first);
}

}  // namespace

void run_record(std::string_view input) {
  const auto record = core::decode_record(input);
  if (!record) return;
  const std::string bytes = core::encode(*record);
  const auto again = core::decode_record(bytes);
  check(again && core::encode(*again) == bytes, "what was read can be written and read again");
  (void)core::foreign_id(*record);
}

// The first byte says which table, the rest is its row.
void run_state_rows(std::string_view input) {
  if (input.empty()) return;
  const auto table = static_cast<Table>(1 + static_cast<unsigned char>(input.front()) % 18);
  const std::string row(input.substr(1));
  const std::string id = kVisitor.bytes();
  auto tables = std::make_unique<MemoryTables>();
  std::vector<TableEngine::Write> writes;
  if (table == Table::kMeta) {
    for (const char* key : {"control", "checkpoint/1/0"}) writes.push_back({table, key, row});
  } else {
    for (const std::string& key : {id, id + std::string(8, '\1') + id, std::string(8, '\xff')})
      writes.push_back({table, key, row});
    writes.push_back({table, row, ""});
  }
  for (Table list : {Table::kDecisionsByVisitor, Table::kInterventionsByVisitor, Table::kLiveInterventions,
                     Table::kOpenConversations})
    writes.push_back({list, id + std::string(8, '\1') + id, ""});
  check(tables->write(writes).has_value(), "memory takes everything");
  auto store = TableStateStore::open(std::move(tables));
  if (!store) return;
  TableStateStore& s = **store;
  if (auto visitor = s.visitor(kVisitor); visitor && *visitor) {
    core::Effects effects;
    const core::Rules rules;
    core::fold({rules, {}, false}, **visitor, {1, test::Visit("v").page(0)}, effects);
  }
  (void)s.signals(kVisitor, {});
  (void)s.decisions(kVisitor, {});
  (void)s.interventions(kVisitor, {});
  (void)s.journeys(kVisitor, {});
  (void)s.live_interventions();
  (void)s.conversations(true, 10);
  (void)s.messages(ConversationId{kVisitor}, std::nullopt, 10);
  (void)s.dead_letters(10);
  (void)s.control({0, 1});
  (void)s.timers({});
  (void)s.prepare(1, 0);
}

// As it is, and as the payload of a block whose checksums are right.
void run_segment(std::string_view input) {
  scan(input);
  std::string_view payload = input;
  std::uint32_t count = 0;
  while (const auto entry = take_entry(payload)) {
    (void)core::decode_record(entry->record);
    ++count;
  }
  std::string whole = encode(SegmentHeader{kSegment, 0, 1 << 16});
  whole += block_of(input, 0, count);
  scan(whole);
}

// As it is, and with its checksum put right.
void run_segment_index(std::string_view input) {
  const auto ask = [](std::string_view content) {
    const test::MemoryFile memory(content);
    const auto index = SealedIndex::open(memory.path(), kSegment);
    if (!index) return;
    for (Offset offset : {Offset{0}, Offset{5}, ~Offset{0}}) {
      if (const auto i = index->block_of(offset)) (void)index->block(*i);
    }
    for (std::uint64_t hash : {kVisitor.high, std::uint64_t{9}, ~std::uint64_t{0}}) {
      for (std::uint32_t i : index->blocks_of_visitor(hash)) (void)index->block(i);
      for (Offset offset : index->offsets_of_foreign(hash)) (void)index->block_of(offset);
    }
    (void)index->newest();
  };
  ask(input);
  if (input.size() < 8) return;
  std::string right(input.substr(0, input.size() - 8));
  const std::uint64_t checksum = hash64(right);
  right.append(reinterpret_cast<const char*>(&checksum), sizeof(checksum));
  ask(right);
}

std::vector<std::string> record_seeds() {
  std::vector<std::string> seeds;
  for (const core::Record& record : records_of_a_visit()) seeds.push_back(core::encode(record));
  return seeds;
}

std::vector<std::string> state_row_seeds() {
  test::Folder folder;
  core::Effects all;
  std::vector<std::string> seeds;
  const auto keep = [&](Table table, const std::string& row) {
    seeds.push_back(std::string(1, static_cast<char>(static_cast<int>(table) - 1)) + row);
  };
  for (const core::Record& record : records_of_a_visit()) {
    if (record.is_control()) continue;
    const core::Effects& effects = folder(record);
    for (const auto& i : effects.interventions) keep(Table::kInterventions, archived(i));
  }
  for (const auto& signal : folder.signals) keep(Table::kSignals, archived(signal));
  for (const auto& decision : folder.decisions) keep(Table::kDecisions, archived(decision));
  keep(Table::kVisitors, std::string(1, static_cast<char>(core::kVisitorFormat)) + archived(folder.visitor));
  keep(Table::kMeta, std::string("\x05\x01v", 3));
  keep(Table::kDeadLetters, std::string("\x05", 1) + std::string(16, 'k') +
                                std::string("\x02\x01"
                                            "e"
                                            "\x01"
                                            "b",
                                            5));
  return seeds;
}

std::vector<std::string> segment_seeds() {
  std::string whole = encode(SegmentHeader{kSegment, 0, 1 << 16});
  const std::string payload = payload_of_a_visit();
  whole += block_of(payload, 0, 9) + block_of(payload, 9, 9);
  return {payload, whole};
}

std::vector<std::string> segment_index_seeds() {
  SegmentIndex index;
  BlockHeader header;
  header.count = 9;
  header.log_time = test::kStart;
  const std::string payload = payload_of_a_visit();
  header.payload_bytes = static_cast<std::uint32_t>(payload.size());
  index.add_block(header, kSegmentHeaderBytes, payload);
  return {index.encoded(kSegment)};
}

}  // namespace handrail::fuzz
