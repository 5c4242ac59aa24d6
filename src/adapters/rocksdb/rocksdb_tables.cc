// SPDX-License-Identifier: Apache-2.0
#include "adapters/rocksdb/rocksdb_tables.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <mutex>

#include "adapters/rocksdb/seal.h"
#include "telemetry/log.h"

namespace handrail {
namespace {

// The one place where RocksDB's words become ours.
tl::unexpected<Error> translated(const rocksdb::Status& status, const std::filesystem::path& folder) {
  const std::string message = folder.string() + ": " + status.ToString();
  if (status.IsCorruption()) return fail(ErrorCode::kCorrupt, message);
  if (status.IsNoSpace()) return fail(ErrorCode::kUnavailable, message);
  if (message.find("lock") != std::string::npos) return fail(ErrorCode::kConflict, message);
  return fail(ErrorCode::kInternal, message);
}

std::string full_key(Table table, std::string_view key) {
  std::string out(1, static_cast<char>(table));
  out.append(key);
  return out;
}

// RocksDB's warnings go where ours go. A log file of its own in the data folder would be written just when the disk is
// full, and a second write after one that failed aborts the process (an assertion in Debian's build).
class Warnings final : public rocksdb::Logger {
 public:
  Warnings() : Logger(rocksdb::WARN_LEVEL) {}
  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    std::array<char, 1024> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    telemetry::log_warning(std::string("RocksDB: ") + text.data());
  }
};

class RocksdbTables final : public TableEngine {
 public:
  RocksdbTables(std::unique_ptr<rocksdb::DB> db, std::filesystem::path folder)
      : db_(std::move(db)), folder_(std::move(folder)), seal_(*db_->GetEnv(), folder_) {}

  Result<void> write(std::span<const Write> writes) override {
    rocksdb::WriteBatch batch;
    for (const Write& w : writes) {
      const rocksdb::Status added =
          w.value ? batch.Put(full_key(w.table, w.key), *w.value) : batch.Delete(full_key(w.table, w.key));
      if (!added.ok()) return translated(added, folder_);
    }
    std::lock_guard lock(mutex_);
    return keep_in_mind(checked(db_->Write(rocksdb::WriteOptions{}, &batch)));
  }

  Result<void> sync() override {
    std::lock_guard lock(mutex_);
    if (is_out_of_space_) return fail(ErrorCode::kUnavailable, folder_.string() + ": no space; nothing is synced");
    auto synced = keep_in_mind(checked(db_->SyncWAL()));
    return synced ? seal_.renew() : synced;
  }

  Result<void> copy_to(const std::filesystem::path& folder) override {
    rocksdb::Checkpoint* raw = nullptr;
    if (auto made = checked(rocksdb::Checkpoint::Create(db_.get(), &raw)); !made) return made;
    return checked(std::unique_ptr<rocksdb::Checkpoint>(raw)->CreateCheckpoint(folder.string()));
  }

  // The memtable into a file, which lets its write-ahead log go; then every file anew, down to the last level.
  Result<void> purge() override {
    rocksdb::FlushOptions flush;
    flush.wait = true;
    if (auto done = checked(db_->Flush(flush)); !done) return done;
    rocksdb::CompactRangeOptions all;
    all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    all.exclusive_manual_compaction = false;
    return checked(db_->CompactRange(all, nullptr, nullptr));
  }

  Result<std::vector<std::optional<std::string>>> get(Table table, std::span<const std::string> keys) override {
    std::vector<std::string> full;
    full.reserve(keys.size());
    for (const std::string& key : keys) full.push_back(full_key(table, key));
    const std::vector<rocksdb::Slice> slices(full.begin(), full.end());
    std::vector<std::string> values;
    const auto statuses = db_->MultiGet(rocksdb::ReadOptions{}, slices, &values);
    std::vector<std::optional<std::string>> out;
    out.reserve(keys.size());
    for (std::size_t i = 0; i < statuses.size(); ++i) {
      if (!statuses[i].ok() && !statuses[i].IsNotFound()) return translated(statuses[i], folder_);
      out.push_back(statuses[i].ok() ? std::optional(std::move(values[i])) : std::nullopt);
    }
    return out;
  }

  Result<Rows> scan(Table table, std::string_view prefix, std::string_view after, std::size_t limit) override {
    const std::string full_prefix = full_key(table, prefix);
    const std::string from = after.empty() ? full_prefix : full_key(table, after) + '\0';
    std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions{}));
    Rows rows;
    for (it->Seek(from); it->Valid() && rows.size() < limit && it->key().starts_with(full_prefix); it->Next()) {
      rows.emplace_back(it->key().ToString().substr(1), it->value().ToString());
    }
    if (!it->status().ok()) return translated(it->status(), folder_);
    return rows;
  }

 private:
  // After a write that found no space RocksDB refuses all until it has recovered by itself, and its log file may not be
  // synced as it is (an assertion).
  Result<void> keep_in_mind(Result<void> done) {
    is_out_of_space_ = !done && done.error().code == ErrorCode::kUnavailable;
    return done;
  }
  Result<void> checked(const rocksdb::Status& status) const {
    if (!status.ok()) return translated(status, folder_);
    return {};
  }

  std::unique_ptr<rocksdb::DB> db_;
  std::filesystem::path folder_;
  ManifestSeal seal_;
  std::mutex mutex_;  // between writes and syncs
  bool is_out_of_space_ = false;
};

}  // namespace

Result<std::unique_ptr<TableEngine>> open_rocksdb_tables(const RocksdbOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocksdb::Options db_options;
  db_options.create_if_missing = true;
  db_options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  db_options.write_buffer_size = options.write_buffer_bytes;
  db_options.max_background_jobs = 2;
  db_options.track_and_verify_wals_in_manifest = true;
  db_options.info_log = std::make_shared<Warnings>();
  if (options.is_read_only) {
    rocksdb::DB* raw = nullptr;
    const rocksdb::Status opened = rocksdb::DB::OpenForReadOnly(db_options, options.folder.string(), &raw);
    if (!opened.ok()) return translated(opened, options.folder);
    return std::make_unique<RocksdbTables>(std::unique_ptr<rocksdb::DB>(raw), options.folder);
  }
  std::error_code ec;
  std::filesystem::create_directories(options.folder, ec);
  std::unique_ptr<rocksdb::Directory> above;  // RocksDB syncs what is in the folder, not the folder's own name
  rocksdb::Status named = db_options.env->NewDirectory(options.folder.parent_path().string(), &above);
  if (named.ok()) named = above->Fsync();
  if (!named.ok()) return translated(named, options.folder);
  if (auto whole = ManifestSeal(*db_options.env, options.folder).check(); !whole) return pass_on(whole);
  rocksdb::DB* raw = nullptr;
  const rocksdb::Status opened = rocksdb::DB::Open(db_options, options.folder.string(), &raw);
  if (!opened.ok()) return translated(opened, options.folder);
  return std::make_unique<RocksdbTables>(std::unique_ptr<rocksdb::DB>(raw), options.folder);
}

}  // namespace handrail
