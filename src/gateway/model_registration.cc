// SPDX-License-Identifier: Apache-2.0
#include "gateway/model_registration.h"

#include <string_view>

namespace handrail::gateway {
namespace {

constexpr std::size_t kNameBytes = 100;

std::vector<core::RecordBody> parts_of(std::uint64_t version, std::string_view artefact) {
  std::vector<core::RecordBody> parts;
  for (std::size_t at = 0; at < artefact.size(); at += core::ModelPart::kBytesMax) {
    core::ModelPart part;
    part.version = version;
    part.number = static_cast<std::uint32_t>(parts.size());
    part.bytes = artefact.substr(at, core::ModelPart::kBytesMax);
    parts.emplace_back(std::move(part));
  }
  return parts;
}

}  // namespace

Result<std::vector<core::RecordBody>> registration_of(const core::ModelsBook& book, const std::string& site,
                                                      const std::string& artefact, const std::string& name,
                                                      const std::string& author) {
  auto parts = core::decode_exit_parts(artefact);
  if (!parts) return pass_on(parts);
  if (const auto model = core::ExitModel::of(*parts); !model) return pass_on(model);
  core::ModelVersion version;
  version.hash = id_of({artefact}).hex();
  for (const auto* known : book.versions(site)) {
    if (known->about().hash == version.hash)
      return fail(ErrorCode::kConflict, "it is registered as version " + std::to_string(known->about().version),
                  "body");
  }
  version.version = book.newest(site) + 1;
  version.name = (name.empty() ? parts->name : name).substr(0, kNameBytes);
  version.bytes = artefact.size();
  version.trained_at = parts->trained_at;
  version.author = author;
  version.card = parts->card;
  auto changes = parts_of(version.version, artefact);
  version.parts = static_cast<std::uint32_t>(changes.size());
  changes.emplace_back(std::move(version));
  return changes;
}

}  // namespace handrail::gateway
