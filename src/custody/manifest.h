// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace handrail::custody {

// What a copy of the data consists of, as it is written beside it: text, a line each, with a checksum over all at the
// end (docs/formats.md).
struct CopiedFile {
  std::string path;  // within the copy
  std::uint64_t bytes = 0;
  std::string hash;  // chained over pieces of 4 MiB
};
struct Manifest {
  static constexpr int kFormat = 1;

  UnixMillis at = 0;
  Offset begin = 0;  // of the log, where the copy has one
  Offset end = 0;
  Offset next = 0;                // records below it are in the state
  std::vector<CopiedFile> files;  // in the order of their paths

  std::uint64_t bytes() const;
};
inline constexpr const char* kManifestName = "MANIFEST";

std::string encode(const Manifest& manifest);
// kCorrupt: damaged, or of a newer format.
Result<Manifest> decode_manifest(const std::string& text, const std::filesystem::path& where);
Result<Manifest> read_manifest(const std::filesystem::path& copy);
// Lists and hashes all files of the copy, and writes the manifest. Files that were not written since the manifest that
// is there keep the hash that it gives, so that damage which came later is not taken for what was copied. `progress`
// gets the share done; kUnavailable when it is stopped.
Result<void> write_manifest(
    const std::filesystem::path& copy, Manifest& manifest, const std::stop_token& stop = {},
    const std::function<void(double)>& progress = [](double) {});
// Whether every file is there as it was written. kCorrupt names the first that is not. `progress` gets the share done.
Result<Manifest> verify(
    const std::filesystem::path& copy, const std::function<void(double)>& progress = [](double) {});

}  // namespace handrail::custody
