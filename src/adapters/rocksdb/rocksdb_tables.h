// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "adapters/common/table_engine.h"

namespace handrail {

struct RocksdbOptions {
  std::filesystem::path folder;
  std::size_t block_cache_bytes = 64ULL << 20;
  std::size_t write_buffer_bytes = 32ULL << 20;
  bool is_read_only = false;  // takes no lock and writes nothing: for copies that nobody uses
};

// Opens or creates the tables in RocksDB. Writes are not synced (the log is the truth; sync() makes a checkpoint safe).
// kConflict when another process holds the folder, kCorrupt when RocksDB finds damage.
Result<std::unique_ptr<TableEngine>> open_rocksdb_tables(const RocksdbOptions& options);

}  // namespace handrail
