// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/control/credential.h"

namespace handrail::gateway {

// What the holder of a credential has in hand: "hr_agent_<id>_<secret>". A page's key is public: "hr_page_<id>".
struct CredentialText {
  core::Role role = core::Role::kPage;
  std::string id;
  std::string secret;

  static std::optional<CredentialText> parse(std::string_view text);
  std::string text() const;
};

// A new one with its record. The text cannot be had again, unless it is a page's.
struct MadeCredential {
  core::Credential credential;
  CredentialText text;
};
MadeCredential make_credential(core::Role role, std::string site, std::string label, UnixMillis now);
CredentialText text_of_page_key(const core::Credential& credential);

// Whether the text is that of the credential: in constant time, and whether it is still valid is not asked.
bool is_text_of(const CredentialText& text, const core::Credential& credential);

// A new secret for signing, in hex.
std::string make_signing_secret();

}  // namespace handrail::gateway
