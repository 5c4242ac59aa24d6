// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "moving/crate.h"
#include "moving/house.h"

// Moving out of one house into a crate, and out of a crate into another house. Either goes on where it was interrupted.
namespace handrail::moving {

using Reached = std::function<void(std::uint64_t boxes)>;  // for progress

struct ExportOptions {
  std::string engine_version;
  std::string id;  // of a new export
  UnixMillis at = 0;
  std::size_t part_bytes = 8 << 20;  // about; a box is never cut
  Reached reached = [](auto) {};
};
// kConflict where the source is no longer as it was when the export began, or the crate holds a finished one.
Result<Manifest> export_house(Source& source, const Crate& crate, const ExportOptions& options);

// Reads every part. kCorrupt names the first file that is not as it was written.
Result<Manifest> check(const Crate& crate, const Reached& reached);
// check() goes before it, verify() before it may be served. kConflict where the target holds other data.
Result<Manifest> import_house(const Crate& crate, Target& target, const Reached& reached);
// Whether the house holds what was exported, no more and no less. kCorrupt says of what it is not so.
Result<void> verify(const Manifest& manifest, Source& source, const Reached& reached);
// What all that is in the house comes to.
Result<Tally> tally_of(Source& source, const Reached& reached);

}  // namespace handrail::moving
