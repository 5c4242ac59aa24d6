// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "gateway/gateway.h"

namespace handrail {

// The web part, carried in the binary (cmake/embed_assets.py).
struct EmbeddedAsset {
  std::string_view path;
  std::string_view content_type;
  std::string_view body;
};
std::span<const EmbeddedAsset> embedded_assets();

inline std::optional<gateway::Asset> embedded_asset(std::string_view path) {
  for (const EmbeddedAsset& asset : embedded_assets()) {
    if (asset.path == path) return gateway::Asset{asset.content_type, asset.body};
  }
  return std::nullopt;
}

}  // namespace handrail
