// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "training/event_source.h"
#include "training/sources/input.h"
#include "training/sources/mapping.h"
#include "training/sources/row.h"

namespace handrail::training {

struct SourceLimits {
  std::uint64_t rows_max = 20'000'000;
  std::uint64_t bytes_max = std::uint64_t{4} << 30;  // of memory for the rows
  std::uint64_t bad_rows_max = 0;                    // that may be left out, if they are told
};

// Rows of a CSV or NDJSON file as a mapping explains them, as events in the order of their time; of equal times in the
// file's order. The file is read whole when it is opened, and its events are kept packed in memory (some 150 bytes
// each). Records: site, visitor, times and session from the mapping, event ids "line-N". Not thread-safe.
class MappedSource final : public EventSource {
 public:
  static constexpr std::size_t kTypeBytesMax = 200;
  static constexpr std::size_t kKeyBytesMax = 200;        // of a visitor or a journey
  static constexpr std::size_t kWordBytesMax = 500;       // of a page or a step
  static constexpr std::size_t kDataBytesMax = 64 << 10;  // of the event's data, as JSON
  static constexpr std::size_t kFaultsTold = 5;

  // kInvalidArgument: columns that are not there, and more bad rows than allowed, of which the first are told with file
  // and line. kLimitExceeded, kNotFound, kCorrupt.
  static Result<std::unique_ptr<MappedSource>> open(const Mapping& mapping, const std::filesystem::path& file,
                                                    const SourceLimits& limits = {});
  // `name`: the file's, for messages.
  static Result<std::unique_ptr<MappedSource>> read(const Mapping& mapping, std::unique_ptr<Input> input,
                                                    const std::string& name, const SourceLimits& limits = {});

  Result<std::optional<SourceEvent>> next() override;
  Result<void> rewind() override;
  double share_read() const override;

  std::uint64_t rows() const { return places_.size(); }
  std::uint64_t bad_rows() const { return bad_rows_; }
  const std::vector<std::string>& faults() const { return faults_; }  // of the first bad rows
  // Columns of the mapping that no row had: of NDJSON, whose lines name their members themselves. Perhaps misspelt.
  const std::vector<std::string>& absent_columns() const { return absent_; }

 private:
  struct Place {  // of a packed record
    UnixMicros at = 0;
    std::uint64_t line = 0;
    std::uint32_t block = 0;
    std::uint32_t begin = 0;
    std::uint32_t bytes = 0;
    Tells tells = Tells::kNothing;
  };

  MappedSource(Mapping mapping, std::string name, SourceLimits limits)
      : mapping_(std::move(mapping)), name_(std::move(name)), limits_(limits) {}

  Result<void> read_all(RowReader& reader);
  Result<void> take(Row& row);  // blanks what says that there is nothing
  Result<void> skip(const Row& row, const std::string& fault);
  Result<void> keep(const core::Record& record, std::uint64_t line, Tells tells);

  const Mapping mapping_;
  const std::string name_;
  const SourceLimits limits_;
  std::vector<std::string> blocks_;
  std::uint64_t bytes_ = 0;
  std::vector<Place> places_;
  std::size_t next_ = 0;
  std::uint64_t bad_rows_ = 0;
  std::vector<std::string> faults_;
  std::vector<std::string> absent_;
};

}  // namespace handrail::training
