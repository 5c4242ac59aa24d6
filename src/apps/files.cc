// SPDX-License-Identifier: Apache-2.0
#include "apps/files.h"

#include <fstream>
#include <iterator>

namespace handrail {

Result<std::string> read_file(const std::filesystem::path& file, const std::string& what, std::size_t bytes_max) {
  std::error_code ec;
  const auto size = std::filesystem::file_size(file, ec);  // fails for a folder
  std::ifstream in(file, std::ios::binary);
  if (ec || !in) return fail(ErrorCode::kNotFound, "there is no " + what + " \"" + file.string() + "\"", what);
  if (size > bytes_max)
    return fail(ErrorCode::kLimitExceeded,
                file.string() + " has more than " + std::to_string(bytes_max) + " bytes: it is no " + what, what,
                static_cast<std::int64_t>(bytes_max));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<void> write_file(const std::filesystem::path& file, std::string_view bytes) {
  const std::filesystem::path beside = file.string() + ".new";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  std::error_code ec;
  if (out) std::filesystem::rename(beside, file, ec);
  if (!out || ec) return fail(ErrorCode::kInternal, "cannot write " + file.string());
  return {};
}

}  // namespace handrail
