// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/control/models_book.h"
#include "core/control/rules_book.h"

namespace handrail::gateway {

// The sites, credentials and rules that this gateway knows of: the newest entry of each, as the control log tells.
// Takes entries in any order. Used on the I/O thread.
class Directory {
 public:
  void take(const core::LoggedRecord& entry);

  const core::Site* site(std::string_view id) const;  // also one that was removed
  const core::Credential* credential(std::string_view id) const;
  std::vector<const core::Site*> sites() const;  // by id, without the removed
  // Of one site, or of all where it is empty; newest first.
  std::vector<const core::Credential*> credentials(std::string_view site) const;
  const core::RulesBook& rules() const { return rules_; }
  const core::ModelsBook& models() const { return models_; }
  std::size_t site_count() const { return sites_.size(); }
  std::size_t credential_count() const { return credentials_.size(); }

 private:
  template <class T>
  struct Known {
    Offset offset = 0;
    T value;
  };
  std::map<std::string, Known<core::Site>, std::less<>> sites_;
  std::map<std::string, Known<core::Credential>, std::less<>> credentials_;
  core::RulesBook rules_;
  core::ModelsBook models_;
};

}  // namespace handrail::gateway
