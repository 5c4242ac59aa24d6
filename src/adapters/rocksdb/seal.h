// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace rocksdb {
class Env;
}

namespace handrail {

// RocksDB takes a MANIFEST that ends early for one that was just being written, opens the tables that it still names
// and deletes the others: a state with a hole, served. A file beside it holds how long the MANIFEST is known to be.
class ManifestSeal {
 public:
  ManifestSeal(rocksdb::Env& env, std::filesystem::path folder);

  // Before RocksDB opens the folder. kCorrupt names what is shorter than it was, or missing.
  Result<void> check() const;
  // Makes the MANIFEST durable as it is now and notes its length, where that has changed.
  Result<void> renew();

 private:
  struct Manifest {
    std::string name;
    std::uint64_t bytes = 0;
  };
  Result<Manifest> current() const;
  std::string path_of(const std::string& name) const { return (folder_ / name).string(); }

  rocksdb::Env& env_;
  const std::filesystem::path folder_;
  std::string written_;
};

}  // namespace handrail
