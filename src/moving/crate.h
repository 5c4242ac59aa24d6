// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "moving/house.h"

// An export on disk: a folder of parts, each whole or not there (docs/formats.md). What is in it is as private as the
// data itself: folder and files are made for their owner alone.
namespace handrail::moving {

inline constexpr std::uint32_t kCrateFormat = 1;

// What was to be moved when it began. Kept until the export is finished.
struct Plan {
  std::string id;  // of the export, 32 hex digits
  std::string source;
  std::string position;
  std::string engine_version;
  UnixMillis at = 0;
  std::vector<ListedVisitor> visitors;
};

// A number of boxes in their order. The first part has the house's own as well.
struct Part {
  std::uint32_t number = 0;
  std::string house;  // stored HouseBox; empty in the others
  std::vector<std::string> boxes;
  Tally whole;               // of all parts up to this one
  std::uint64_t so_far = 0;  // boxes, likewise
};

// Of a finished export.
struct Manifest {
  std::string id;
  std::string source;
  std::string engine_version;
  UnixMillis at = 0;
  std::uint32_t parts = 0;
  std::uint64_t boxes = 0;
  Tally whole;
};

// The files of one export. Errors name the file: kCorrupt for what is damaged, cut off, of a newer format or of another
// export. Not thread-safe.
class Crate {
 public:
  explicit Crate(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& folder() const { return folder_; }
  Result<void> make_folder() const;
  // Nothing where there is none.
  Result<std::optional<Plan>> plan() const;
  Result<void> write_plan(const Plan& plan) const;
  Result<std::optional<Manifest>> manifest() const;
  // With it the export is finished, and the plan goes.
  Result<void> write_manifest(const Manifest& manifest) const;
  Result<Part> part(const std::string& id, std::uint32_t number) const;
  Result<void> write_part(const std::string& id, const Part& part) const;
  // The last part of those that lie there without a gap; nothing: there is none.
  std::optional<std::uint32_t> newest_part() const;

 private:
  std::filesystem::path path_of(std::uint32_t part) const;

  const std::filesystem::path folder_;
};

}  // namespace handrail::moving
