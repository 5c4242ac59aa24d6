// SPDX-License-Identifier: Apache-2.0
#include "training/sources/mapped_source.h"

#include <algorithm>

#include "training/sources/csv_reader.h"
#include "training/sources/ndjson_reader.h"
#include "training/sources/row_event.h"

namespace handrail::training {
namespace {

constexpr std::size_t kBlockBytes = 16 << 20;

// Errors of the file's parts begin with its name.
tl::unexpected<Error> named(const std::string& name, Error error) {
  std::string message;
  for (std::size_t at = 0; at < error.message.size();) {
    const std::size_t end = std::min(error.message.find('\n', at), error.message.size());
    message += (message.empty() ? "" : "\n") + name + ": " + error.message.substr(at, end - at);
    at = end + 1;
  }
  error.message = std::move(message);
  return tl::unexpected(std::move(error));
}

Result<std::unique_ptr<RowReader>> reader_of(const Mapping& mapping, std::unique_ptr<Input> input) {
  if (mapping.format == Mapping::Format::kNdjson) {
    auto ndjson = NdjsonReader::open(std::move(input), mapping.columns);
    if (!ndjson) return pass_on(ndjson);
    return std::unique_ptr<RowReader>(std::move(*ndjson));
  }
  auto csv = CsvReader::open(std::move(input), mapping.columns, mapping.separator);
  if (!csv) return pass_on(csv);
  // The likeliest slip of a mapping: the type is a word, and the word a column's name.
  const auto& parts = mapping.type.parts;
  const auto& header = (*csv)->header();
  if (parts.size() == 1 && !parts[0].column && std::ranges::find(header, parts[0].words) != header.end())
    return fail(ErrorCode::kInvalidArgument,
                "type: \"" + parts[0].words + "\" is a column; write \"{" + parts[0].words + "}\" for what it holds",
                "type");
  return std::unique_ptr<RowReader>(std::move(*csv));
}

}  // namespace

Result<std::unique_ptr<MappedSource>> MappedSource::open(const Mapping& mapping, const std::filesystem::path& file,
                                                         const SourceLimits& limits) {
  auto input = Input::open(file);
  if (!input) return pass_on(input);
  return read(mapping, std::move(*input), file.filename().string(), limits);
}

Result<std::unique_ptr<MappedSource>> MappedSource::read(const Mapping& mapping, std::unique_ptr<Input> input,
                                                         const std::string& name, const SourceLimits& limits) {
  auto reader = reader_of(mapping, std::move(input));
  if (!reader) return named(name, reader.error());
  std::unique_ptr<MappedSource> source(new MappedSource(mapping, name, limits));
  if (auto read = source->read_all(**reader); !read) return named(name, read.error());
  return source;
}

Result<void> MappedSource::read_all(RowReader& reader) {
  Row row;
  while (true) {
    auto next = reader.next(row);
    if (!next) return pass_on(next);
    if (*next == RowReader::Next::kEnd) break;
    auto taken = *next == RowReader::Next::kRow ? take(row) : skip(row, row.fault);
    if (!taken) return taken;
  }
  if (bad_rows_ > limits_.bad_rows_max) {
    std::string all;
    for (const std::string& fault : faults_) all += (all.empty() ? "" : "\n") + fault;
    if (bad_rows_ > faults_.size()) all += "\nand " + std::to_string(bad_rows_ - faults_.size()) + " rows more";
    return fail(ErrorCode::kInvalidArgument,
                all + "\n" + std::to_string(bad_rows_) +
                    " rows cannot be read; correct them, or allow so many to be left out (bad_rows_max is " +
                    std::to_string(limits_.bad_rows_max) + ")",
                "rows", static_cast<std::int64_t>(limits_.bad_rows_max));
  }
  if (!places_.empty()) absent_ = reader.absent_columns();
  std::ranges::sort(places_, {}, [](const Place& p) { return std::pair(p.at, p.line); });
  return {};
}

Result<void> MappedSource::skip(const Row& row, const std::string& fault) {
  ++bad_rows_;
  if (faults_.size() < kFaultsTold) faults_.push_back("line " + std::to_string(row.line) + ": " + fault);
  return {};
}

Result<void> MappedSource::take(Row& row) {
  for (std::string& cell : row.cells) {
    if (std::ranges::find(mapping_.missing, cell) != mapping_.missing.end()) cell.clear();
  }
  const auto record = record_of(row, mapping_);
  if (!record) return skip(row, record.error().message);
  const auto tells = mapping_.outcome.tells(row.cells);
  if (!tells) return skip(row, tells.error().message);
  return keep(*record, row.line, *tells);
}

Result<void> MappedSource::keep(const core::Record& record, std::uint64_t line, Tells tells) {
  if (places_.size() == limits_.rows_max)
    return fail(ErrorCode::kLimitExceeded,
                "more than " + std::to_string(limits_.rows_max) + " rows (rows_max); split the file, or draw a sample",
                "rows", static_cast<std::int64_t>(limits_.rows_max));
  if (blocks_.empty() || blocks_.back().size() > kBlockBytes)
    blocks_.emplace_back().reserve(kBlockBytes + kDataBytesMax);
  std::string& block = blocks_.back();
  const std::size_t begin = block.size();
  core::encode_to(block, record);
  const std::size_t bytes = block.size() - begin;
  bytes_ += bytes + sizeof(Place);
  if (bytes_ > limits_.bytes_max)
    return fail(ErrorCode::kLimitExceeded,
                "its rows take more than " + std::to_string(limits_.bytes_max >> 20) +
                    " MiB of memory (bytes_max); split the file, or name fewer properties",
                "rows", static_cast<std::int64_t>(limits_.bytes_max));
  places_.push_back({record.received_at, line, static_cast<std::uint32_t>(blocks_.size() - 1),
                     static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(bytes), tells});
  return {};
}

Result<std::optional<SourceEvent>> MappedSource::next() {
  if (next_ == places_.size()) return std::optional<SourceEvent>{};
  const Place& place = places_[next_];
  auto record = core::decode_record(std::string_view(blocks_[place.block]).substr(place.begin, place.bytes));
  if (!record) return pass_on(record);
  return std::optional(SourceEvent{{next_++, std::move(*record)}, place.tells, place.line});
}

Result<void> MappedSource::rewind() {
  next_ = 0;
  return {};
}

double MappedSource::share_read() const {
  return places_.empty() ? 1 : static_cast<double>(next_) / static_cast<double>(places_.size());
}

}  // namespace handrail::training
