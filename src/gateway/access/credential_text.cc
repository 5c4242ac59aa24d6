// SPDX-License-Identifier: Apache-2.0
#include "gateway/access/credential_text.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/encoding.h"

namespace handrail::gateway {
namespace {

constexpr std::string_view kPrefix = "hr_";
constexpr std::size_t kPageIdBytes = 16;  // is all there is of a page's key: nobody guesses it
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kSecretBytes = 24;
constexpr std::size_t kSigningBytes = 32;

bool is_hex(std::string_view text, std::size_t bytes) {
  return text.size() == bytes * 2 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// Takes what is before the next '_' off the text.
std::string_view take_part(std::string_view& text) {
  const std::size_t end = std::min(text.find('_'), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

}  // namespace

std::optional<CredentialText> CredentialText::parse(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  const auto role = core::role_named(take_part(text));
  if (!role) return std::nullopt;
  CredentialText parsed{*role, std::string(take_part(text)), std::string(text)};
  const bool is_page = *role == core::Role::kPage;
  if (!is_hex(parsed.id, is_page ? kPageIdBytes : kIdBytes)) return std::nullopt;
  if (is_page ? !parsed.secret.empty() : !is_hex(parsed.secret, kSecretBytes)) return std::nullopt;
  return parsed;
}

std::string CredentialText::text() const {
  std::string out(kPrefix);
  out.append(core::name_of(role)).append("_").append(id);
  if (!secret.empty()) out.append("_").append(secret);
  return out;
}

MadeCredential make_credential(core::Role role, std::string site, std::string label, UnixMillis now) {
  const bool is_page = role == core::Role::kPage;
  MadeCredential made;
  made.text.role = role;
  made.text.id = to_hex(random_bytes(is_page ? kPageIdBytes : kIdBytes));
  if (!is_page) made.text.secret = to_hex(random_bytes(kSecretBytes));
  made.credential.id = made.text.id;
  made.credential.site = std::move(site);
  made.credential.role = role;
  made.credential.label = std::move(label);
  made.credential.secret_sha256 = sha256(made.text.secret);
  made.credential.made_at = now;
  return made;
}

CredentialText text_of_page_key(const core::Credential& credential) { return {credential.role, credential.id, {}}; }

bool is_text_of(const CredentialText& text, const core::Credential& credential) {
  return text.role == credential.role && text.id == credential.id &&
         is_equal_secret(sha256(text.secret), credential.secret_sha256);
}

std::string make_signing_secret() { return to_hex(random_bytes(kSigningBytes)); }

}  // namespace handrail::gateway
