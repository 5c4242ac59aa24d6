// SPDX-License-Identifier: Apache-2.0
#include "adapters/segments/index.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace handrail::segments {
namespace {

// Of the index alone: one of another version is made anew from its segment.
constexpr std::uint32_t kIndexVersion = 2;

// File: header, then blocks, visitors, foreign ids and filter as arrays, then a checksum of all before it.
struct FileHeader {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t zero;
  std::uint64_t segment;
  Offset end;
  std::uint64_t end_position;
  std::uint64_t blocks;
  std::uint64_t visitors;
  std::uint64_t foreign;
  std::uint64_t filter_lines;
};
constexpr std::array<char, 8> kMagic = {'H', 'R', 'I', 'N', 'D', 'E', 'X', '\0'};

// A blocked Bloom filter: one cache line of 512 bits a key, 6 of them set; 16 bits a key make about 0.1 % false hits.
constexpr std::size_t kLineWords = 8;
constexpr std::size_t kKeysPerLine = 32;
constexpr int kProbes = 6;

template <class Visit>
void for_each_probe(std::uint64_t hash, std::size_t lines, Visit visit) {
  const std::size_t line = (hash >> 32) % lines * kLineWords;
  std::uint64_t bits = hash * 0x9e3779b97f4a7c15ULL;
  for (int i = 0; i < kProbes; ++i, bits >>= 9) visit(line + (bits >> 6 & 7), std::uint64_t{1} << (bits & 63));
}

template <class T>
void append_array(std::string& out, std::span<const T> items) {
  out.append(reinterpret_cast<const char*>(items.data()), items.size_bytes());
}

template <class Refs>
std::optional<std::size_t> last_at_or_below(const Refs* begin, std::size_t count, Offset offset) {
  const Refs* after =
      std::upper_bound(begin, begin + count, offset, [](Offset o, const Refs& r) { return o < r.first; });
  if (after == begin) return std::nullopt;
  return static_cast<std::size_t>(after - begin) - 1;
}

std::vector<std::uint32_t> sorted_unique(std::vector<std::uint32_t> blocks) {
  std::sort(blocks.begin(), blocks.end());
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
  return blocks;
}

template <class T>
std::vector<T> values_of(const ChainedIndex& index, std::uint64_t hash) {
  std::vector<T> out;
  index.visit(hash, [&](std::uint64_t value) {
    out.push_back(static_cast<T>(value));
    return true;
  });
  return out;
}

}  // namespace

void SegmentIndex::add_block(const BlockHeader& header, std::uint64_t position, std::string_view payload) {
  const auto number = static_cast<std::uint32_t>(blocks_.size());
  blocks_.push_back({header.first, position, header.log_time});
  end_ = header.first + header.count;
  end_position_ = position + header.total_bytes();
  for (Offset offset = header.first; const auto entry = take_entry(payload); ++offset) {
    const bool is_noted = entry->visitor.is_zero() || visitors_.newest(entry->visitor.high) == number;
    if (!is_noted) visitors_.add(entry->visitor.high, number);
    if (entry->foreign != 0) foreign_.add(entry->foreign, offset);
  }
}

std::optional<std::size_t> SegmentIndex::block_of(Offset offset) const {
  return last_at_or_below(blocks_.data(), blocks_.size(), offset);
}
std::vector<std::uint32_t> SegmentIndex::blocks_of_visitor(std::uint64_t visitor) const {
  return sorted_unique(values_of<std::uint32_t>(visitors_, visitor));
}
std::vector<Offset> SegmentIndex::offsets_of_foreign(std::uint64_t foreign) const {
  return values_of<Offset>(foreign_, foreign);
}

std::string SegmentIndex::encoded(std::uint64_t segment) const {
  const auto sorted = [](std::vector<ChainedIndex::Entry> table) {
    std::sort(table.begin(), table.end(), [](const ChainedIndex::Entry& a, const ChainedIndex::Entry& b) {
      return std::pair(a.hash, a.value) < std::pair(b.hash, b.value);
    });
    return table;
  };
  const auto visitors = sorted(visitors_.entries());
  const auto foreign = sorted(foreign_.entries());
  std::vector<std::uint64_t> filter((foreign.size() / kKeysPerLine + 1) * kLineWords);
  for (const auto& item : foreign) {
    for_each_probe(item.hash, filter.size() / kLineWords,
                   [&](std::size_t word, std::uint64_t mask) { filter[word] |= mask; });
  }
  const FileHeader header{kMagic,
                          kIndexVersion,
                          0,
                          segment,
                          end_,
                          end_position_,
                          blocks_.size(),
                          visitors.size(),
                          foreign.size(),
                          filter.size() / kLineWords};
  std::string out;
  append_array(out, std::span(&header, 1));
  append_array(out, std::span<const BlockRef>(blocks_));
  append_array(out, std::span<const SealedIndex::Located>(visitors));
  append_array(out, std::span<const SealedIndex::Located>(foreign));
  append_array(out, std::span<const std::uint64_t>(filter));
  const std::uint64_t checksum = hash64(out);
  append_array(out, std::span(&checksum, 1));
  return out;
}

SealedIndex::SealedIndex(SealedIndex&& other) noexcept
    : map_(std::exchange(other.map_, nullptr)),
      map_bytes_(other.map_bytes_),
      blocks_(other.blocks_),
      block_count_(other.block_count_),
      visitors_(other.visitors_),
      visitor_count_(other.visitor_count_),
      foreign_(other.foreign_),
      foreign_count_(other.foreign_count_),
      filter_(other.filter_),
      filter_lines_(other.filter_lines_),
      end_(other.end_),
      end_position_(other.end_position_) {}

SealedIndex::~SealedIndex() {
  if (map_ != nullptr) ::munmap(map_, map_bytes_);
}

Result<SealedIndex> SealedIndex::open(const std::filesystem::path& path, std::uint64_t segment) {
  const auto damaged = [&](const char* why) { return fail(ErrorCode::kCorrupt, path.string() + ": " + why); };
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return damaged("cannot be opened");
  struct stat info {};
  const bool known = ::fstat(fd, &info) == 0;
  const auto bytes = static_cast<std::size_t>(known ? info.st_size : 0);
  SealedIndex index;
  if (bytes >= sizeof(FileHeader) + 8) {
    index.map_ = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    index.map_bytes_ = bytes;
  }
  ::close(fd);
  if (index.map_ == MAP_FAILED) index.map_ = nullptr;
  if (index.map_ == nullptr) return damaged("too short");

  const char* at = static_cast<const char*>(index.map_);
  std::uint64_t checksum = 0;
  std::memcpy(&checksum, at + bytes - 8, 8);
  if (checksum != hash64({at, bytes - 8})) return damaged("the checksum is wrong");
  FileHeader header;
  std::memcpy(&header, at, sizeof(header));
  if (header.magic != kMagic || header.version != kIndexVersion || header.segment != segment)
    return damaged("not this segment's index");
  auto fits = [rest = bytes - 8 - sizeof(header)](std::uint64_t count, std::size_t size) mutable {
    if (count > rest / size) return false;
    rest -= count * size;
    return true;
  };
  if (header.filter_lines == 0 || !fits(header.blocks, sizeof(BlockRef)) || !fits(header.visitors, sizeof(Located)) ||
      !fits(header.foreign, sizeof(Located)) || !fits(header.filter_lines, kLineWords * sizeof(std::uint64_t)))
    return damaged("its tables do not fit");
  at += sizeof(header);
  const auto take = [&]<class T>(const T*& array, std::size_t count) {
    array = reinterpret_cast<const T*>(at);
    at += count * sizeof(T);
  };
  index.block_count_ = header.blocks;
  index.visitor_count_ = header.visitors;
  index.foreign_count_ = header.foreign;
  index.filter_lines_ = header.filter_lines;
  index.end_ = header.end;
  index.end_position_ = header.end_position;
  take(index.blocks_, header.blocks);
  take(index.visitors_, header.visitors);
  take(index.foreign_, header.foreign);
  take(index.filter_, header.filter_lines * kLineWords);
  return index;
}

std::optional<std::size_t> SealedIndex::block_of(Offset offset) const {
  return last_at_or_below(blocks_, block_count_, offset);
}

template <class T>
std::vector<T> SealedIndex::find(const Located* table, std::size_t count, std::uint64_t hash) {
  std::vector<T> out;
  const Located* it =
      std::lower_bound(table, table + count, hash, [](const Located& l, std::uint64_t h) { return l.hash < h; });
  for (; it != table + count && it->hash == hash; ++it) out.push_back(static_cast<T>(it->value));
  return out;
}

bool SealedIndex::may_hold(std::uint64_t foreign) const {
  bool all_set = true;
  for_each_probe(foreign, filter_lines_,
                 [&](std::size_t word, std::uint64_t mask) { all_set &= (filter_[word] & mask) != 0; });
  return all_set;
}

std::vector<std::uint32_t> SealedIndex::blocks_of_visitor(std::uint64_t visitor) const {
  auto blocks = find<std::uint32_t>(visitors_, visitor_count_, visitor);
  std::erase_if(blocks, [this](std::uint32_t block) { return block >= block_count_; });  // a table that lies
  return blocks;
}
std::vector<Offset> SealedIndex::offsets_of_foreign(std::uint64_t foreign) const {
  return may_hold(foreign) ? find<Offset>(foreign_, foreign_count_, foreign) : std::vector<Offset>{};
}

}  // namespace handrail::segments
