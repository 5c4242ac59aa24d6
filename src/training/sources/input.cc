// SPDX-License-Identifier: Apache-2.0
#include "training/sources/input.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <vector>

namespace handrail::training {
namespace {

struct CloseArchive {
  void operator()(archive* a) const { archive_read_free(a); }
};
using ArchivePointer = std::unique_ptr<archive, CloseArchive>;

constexpr std::size_t kPieceBytes = 256 << 10;

class FileInput final : public Input {
 public:
  FileInput(ArchivePointer archive, std::string name)
      : archive_(std::move(archive)), name_(std::move(name)), piece_(kPieceBytes) {}

  Result<std::string_view> more() override {
    const la_ssize_t taken = archive_read_data(archive_.get(), piece_.data(), piece_.size());
    if (taken < 0) {
      const char* why = archive_error_string(archive_.get());
      return fail(ErrorCode::kCorrupt,
                  name_ + ": cannot be unpacked to its end: " + (why == nullptr ? "it is damaged" : why), "file");
    }
    total_ += static_cast<std::uint64_t>(taken);
    if (total_ > kBytesMax)
      return fail(ErrorCode::kLimitExceeded, name_ + ": holds more than 64 GiB unpacked; split it", "file", kBytesMax);
    return std::string_view(piece_.data(), static_cast<std::size_t>(taken));
  }

 private:
  ArchivePointer archive_;
  const std::string name_;
  std::vector<char> piece_;
  std::uint64_t total_ = 0;
};

class TextInput final : public Input {
 public:
  TextInput(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}
  Result<std::string_view> more() override {
    const std::string_view piece = std::string_view(text_).substr(at_, piece_);
    at_ += piece.size();
    return piece;
  }

 private:
  const std::string text_;
  const std::size_t piece_;
  std::size_t at_ = 0;
};

}  // namespace

// The filters are named one by one: libarchive's own "all" would start other programs for some.
Result<std::unique_ptr<Input>> Input::open(const std::filesystem::path& file) {
  std::error_code ec;
  const std::string name = file.filename().string();
  if (!std::filesystem::exists(file, ec)) return fail(ErrorCode::kNotFound, file.string() + ": no such file", "file");
  if (std::filesystem::is_directory(file, ec))
    return fail(ErrorCode::kInvalidArgument, file.string() + ": is a folder; name a file", "file");
  ArchivePointer reader(archive_read_new());
  if (reader == nullptr) return fail(ErrorCode::kUnavailable, "no memory to open " + name);
  archive* const a = reader.get();
  const bool is_ready =
      archive_read_support_filter_gzip(a) == ARCHIVE_OK && archive_read_support_filter_xz(a) == ARCHIVE_OK &&
      archive_read_support_filter_zstd(a) == ARCHIVE_OK && archive_read_support_filter_bzip2(a) == ARCHIVE_OK &&
      archive_read_support_format_raw(a) == ARCHIVE_OK && archive_read_support_format_empty(a) == ARCHIVE_OK;
  if (!is_ready) return fail(ErrorCode::kInternal, "libarchive was built without gzip, xz, zstd or bzip2");
  archive_entry* entry = nullptr;
  int opened = archive_read_open_filename(a, file.c_str(), kPieceBytes);
  if (opened == ARCHIVE_OK) opened = archive_read_next_header(a, &entry);
  if (opened != ARCHIVE_OK && opened != ARCHIVE_EOF) {
    const char* why = archive_error_string(a);
    return fail(ErrorCode::kCorrupt, file.string() + ": cannot be read: " + (why == nullptr ? "unknown" : why), "file");
  }
  if (opened == ARCHIVE_EOF) return of_text({});
  return std::make_unique<FileInput>(std::move(reader), name);
}

std::unique_ptr<Input> Input::of_text(std::string text, std::size_t piece) {
  return std::make_unique<TextInput>(std::move(text), std::max<std::size_t>(piece, 1));
}

bool Bytes::refill() {
  if (is_over_) return false;
  auto piece = input_.more();
  if (!piece) fault_ = piece.error();
  piece_ = piece ? *piece : std::string_view{};
  at_ = 0;
  is_over_ = piece_.empty();
  return !is_over_;
}

std::string_view Bytes::take_until_any(char a, char b, char c, std::size_t limit) {
  if (peek() == kEnd) return {};
  const std::size_t from = at_, end = at_ + std::min(piece_.size() - at_, limit);
  while (at_ < end && piece_[at_] != a && piece_[at_] != b && piece_[at_] != c) ++at_;
  return piece_.substr(from, at_ - from);
}

Result<void> take_byte_order_mark(Bytes& bytes) {
  const int first = bytes.peek();
  if (first == 0xFE || first == 0xFF)
    return fail(ErrorCode::kInvalidArgument, "is no UTF-8 (perhaps UTF-16): convert it with iconv -t UTF-8", "file");
  if (first != 0xEF) return {};
  for (const int part : {0xEF, 0xBB, 0xBF}) {
    if (bytes.take() != part)
      return fail(ErrorCode::kInvalidArgument, "begins with half a byte order mark: it is no UTF-8", "file");
  }
  return {};
}

}  // namespace handrail::training
