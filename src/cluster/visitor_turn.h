// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <utility>

#include "cluster/batch_folder.h"

namespace handrail {

// Folds one visitor's blocks of a batch, again from what is stored where another worker was faster.
class VisitorTurn {
 public:
  VisitorTurn(BatchFolder& folder, const core::ControlState& control, VisitorKey key,
              std::vector<const StreamBlock*> blocks)
      : folder_(folder), control_(control), key_(key), blocks_(std::move(blocks)) {}

  Result<void> run(SharedVisitor stored);

 private:
  // A visitor being folded, and what that caused so far.
  struct Work {
    core::Visitor visitor;
    std::string applied;
    StateBatch rows;
    std::vector<DeadLetter> letters;
    std::vector<Publication> news;
    std::vector<core::Record> appends;
    std::vector<std::vector<core::LoggedRecord>> blocks;
    std::map<std::uint64_t, SeenId> new_ids;
    std::uint64_t offers = 0;

    std::size_t consequences() const;
  };
  using RecordPlace = std::pair<const StreamBlock*, std::size_t>;

  Result<void> fold_from(SharedVisitor& stored);
  // False: it met a record that breaks the fold, which is left out the next time.
  bool fold_block(Work& work, const StreamBlock& block);
  bool fold_record(Work& work, const StreamBlock& block, std::size_t index, core::Record record);
  void leave_out(Work& work, const StreamBlock& block, std::size_t index, const std::string& bytes,
                 const std::string& error);
  bool is_foreign_duplicate(Work& work, const core::Record& record, Offset offset);
  Result<void> learn_foreign_ids(const SharedVisitor& stored);
  Result<void> commit(SharedVisitor& stored, Work& work);
  Result<void> tell(SharedVisitor& stored);
  bool is_folded(const SharedVisitor& stored, const StreamBlock& block) const;

  BatchFolder& folder_;
  const core::ControlState& control_;
  const VisitorKey key_;
  const std::vector<const StreamBlock*> blocks_;
  std::map<RecordPlace, std::string> poison_;  // records that broke the fold, and how
  std::map<std::uint64_t, SeenId> foreign_ids_;
};

}  // namespace handrail
