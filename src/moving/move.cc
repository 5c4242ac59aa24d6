// SPDX-License-Identifier: Apache-2.0
#include "moving/move.h"

#include <algorithm>

namespace handrail::moving {
namespace {

tl::unexpected<Error> went_on(const std::string& what) {
  return fail(ErrorCode::kConflict,
              what + " since the export began: stop what writes, remove the export's folder, and export again");
}

// Names at most so many of those that changed.
constexpr std::size_t kNamed = 5;
constexpr std::size_t kReadAtOnce = 128;

// Everything is still as it was planned.
Result<void> check_unchanged(Source& source, const Plan& plan) {
  auto position = source.position();
  if (!position) return pass_on(position);
  if (*position != plan.position) return went_on("the source went on (" + plan.position + ", now " + *position + ")");
  auto now = source.visitors();
  if (!now) return pass_on(now);
  if (*now == plan.visitors) return {};
  std::string names;
  std::size_t changed = 0;
  for (const ListedVisitor& visitor : *now) {
    if (std::ranges::binary_search(plan.visitors, visitor)) continue;
    if (++changed <= kNamed) names += " " + visitor.key.hex();
  }
  return went_on(std::to_string(changed) + " visitors changed or came (" + (names.empty() ? "" : names.substr(1)) +
                 (changed > kNamed ? ", ...)" : ")"));
}

class Exporting {
 public:
  Exporting(Source& source, const Crate& crate, const ExportOptions& options)
      : source_(source), crate_(crate), options_(options) {}

  Result<Manifest> run() {
    if (auto ready = take_up_plan(); !ready) return pass_on(ready);
    if (auto ready = take_up_parts(); !ready) return pass_on(ready);
    const std::uint64_t total = plan_.visitors.size();
    while (next_.so_far < total) {
      const auto wanted = std::span(plan_.visitors).subspan(next_.so_far);
      auto boxes = source_.boxes(wanted.first(std::min(kReadAtOnce, wanted.size())));
      if (!boxes) return pass_on(boxes);
      for (const VisitorBox& box : *boxes) add(box);
      if (bytes_ >= options_.part_bytes) {
        if (auto done = end_part(); !done) return pass_on(done);
      }
      options_.reached(next_.so_far);
    }
    if (!next_.boxes.empty() || !next_.house.empty()) {
      if (auto done = end_part(); !done) return pass_on(done);
    }
    if (auto same = check_unchanged(source_, plan_); !same) return pass_on(same);
    Manifest manifest{plan_.id, plan_.source, plan_.engine_version, plan_.at, next_.number, next_.so_far, next_.whole};
    if (auto done = crate_.write_manifest(manifest); !done) return pass_on(done);
    return manifest;
  }

 private:
  Result<void> take_up_plan() {
    auto finished = crate_.manifest();
    if (!finished) return pass_on(finished);
    if (*finished) return fail(ErrorCode::kConflict, crate_.folder().string() + ": holds a finished export already");
    auto plan = crate_.plan();
    if (!plan) return pass_on(plan);
    auto position = source_.position();
    if (!position) return pass_on(position);
    if (*plan) {
      plan_ = std::move(**plan);
      if (plan_.source != source_.kind()) return went_on("the source is another (" + plan_.source + ")");
      if (plan_.position != *position)
        return went_on("the source went on (" + plan_.position + ", now " + *position + ")");
      return {};
    }
    auto visitors = source_.visitors();
    if (!visitors) return pass_on(visitors);
    plan_ = {options_.id, source_.kind(), *position, options_.engine_version, options_.at, std::move(*visitors)};
    return crate_.write_plan(plan_);
  }

  // What an earlier run wrote stays; else the house's own things go first.
  Result<void> take_up_parts() {
    if (const auto newest = crate_.newest_part()) {
      auto part = crate_.part(plan_.id, *newest);
      if (!part) return pass_on(part);
      next_ = {*newest + 1, {}, {}, part->whole, part->so_far};
      return {};
    }
    auto house = source_.house();
    if (!house) return pass_on(house);
    number_on_its_own(*house);
    next_.house = stored(*house);
    next_.whole.add(*house);
    bytes_ += next_.house.size();
    return {};
  }

  void add(const VisitorBox& box) {
    next_.boxes.push_back(stored(box));
    bytes_ += next_.boxes.back().size();
    next_.whole.add(box);
    ++next_.so_far;
  }

  Result<void> end_part() {
    if (auto written = crate_.write_part(plan_.id, next_); !written) return written;
    next_ = {next_.number + 1, {}, {}, next_.whole, next_.so_far};
    bytes_ = 0;
    return {};
  }

  Source& source_;
  const Crate& crate_;
  const ExportOptions& options_;
  Plan plan_;
  Part next_;
  std::size_t bytes_ = 0;  // of next_
};

// Calls `house` once and `box` for each, in their order.
Result<Manifest> read_all(const Crate& crate, const std::function<Result<void>(HouseBox)>& house,
                          const std::function<Result<void>(const Part&, std::vector<VisitorBox>)>& boxes) {
  auto manifest = crate.manifest();
  if (!manifest) return pass_on(manifest);
  if (!*manifest)
    return fail(ErrorCode::kNotFound, crate.folder().string() + ": holds no finished export; repeat: handrail export");
  for (std::uint32_t number = 0; number < (*manifest)->parts; ++number) {
    auto part = crate.part((*manifest)->id, number);
    if (!part) return pass_on(part);
    const auto in_part = [&](const Error& error) {
      return fail(error.code, (crate.folder() / "part ").string() + std::to_string(number) + ": " + error.message);
    };
    if (!part->house.empty()) {
      auto box = house_box_in(part->house);
      if (!box) return in_part(box.error());
      if (auto done = house(std::move(*box)); !done) return pass_on(done);
    }
    std::vector<VisitorBox> unpacked;
    for (const std::string& bytes : part->boxes) {
      auto box = visitor_box_in(bytes);
      if (!box) return in_part(box.error());
      unpacked.push_back(std::move(*box));
    }
    if (auto done = boxes(*part, std::move(unpacked)); !done) return pass_on(done);
  }
  return std::move(**manifest);
}

constexpr std::size_t kTakenAtOnce = 64;

}  // namespace

Result<Manifest> export_house(Source& source, const Crate& crate, const ExportOptions& options) {
  if (auto made = crate.make_folder(); !made) return pass_on(made);
  return Exporting{source, crate, options}.run();
}

Result<Manifest> check(const Crate& crate, const Reached& reached) {
  Tally tally;
  auto manifest = read_all(
      crate,
      [&](const HouseBox& house) -> Result<void> {
        tally.add(house);
        return {};
      },
      [&](const Part& part, const std::vector<VisitorBox>& boxes) -> Result<void> {
        for (const VisitorBox& box : boxes) tally.add(box);
        reached(part.so_far);
        return {};
      });
  if (!manifest) return manifest;
  const std::vector<std::string> wrong = differences(manifest->whole, tally);
  if (wrong.empty()) return manifest;
  return fail(ErrorCode::kCorrupt, crate.folder().string() + ": not what was exported: " + wrong.front());
}

namespace {

// One pass of what is exported through the target, from where an earlier run ended.
Result<void> pass_through(const Crate& crate, Target& target, const MovedIn& there, const Reached& reached) {
  const auto take_house = [&](const HouseBox& house) -> Result<void> {
    if (there.has_house) return {};
    return target.take(house);
  };
  const auto take_boxes = [&](const Part& part, const std::vector<VisitorBox>& boxes) -> Result<void> {
    const std::uint64_t begin = part.so_far - boxes.size();
    for (std::size_t i = 0; i < boxes.size(); i += kTakenAtOnce) {
      const auto some = std::span(boxes).subspan(i, std::min(kTakenAtOnce, boxes.size() - i));
      const std::uint64_t end = begin + i + some.size();
      if (end > there.boxes) {
        if (auto taken = target.take(some, begin + i); !taken) return taken;
      }
      reached(end);
    }
    return {};
  };
  auto read = read_all(crate, take_house, take_boxes);
  if (!read) return pass_on(read);
  return target.end_pass();
}

// By count and by hash. What was not told in the old house is of no visitor's in the new: it waits in the log.
Result<void> compare(const Manifest& manifest, Tally found, bool tells_later) {
  if (!tells_later) found.at(Section::kUntold) = manifest.whole.at(Section::kUntold);
  const std::vector<std::string> wrong = differences(manifest.whole, found);
  if (wrong.empty()) return {};
  std::string all;
  for (const std::string& line : wrong) all += (all.empty() ? "" : "; ") + line;
  return fail(ErrorCode::kCorrupt, "what is there is not what was exported: " + all);
}

}  // namespace

Result<Manifest> import_house(const Crate& crate, Target& target, const Reached& reached) {
  auto whole = check(crate, [](auto) {});
  if (!whole) return whole;
  auto there = target.begin(whole->id, whole->whole);
  if (!there) return pass_on(there);
  if (there->is_done) return whole;
  for (int pass = there->pass; pass < target.passes(); ++pass) {
    const MovedIn done = pass == there->pass ? *there : MovedIn{};
    if (auto passed = pass_through(crate, target, done, reached); !passed) return pass_on(passed);
  }
  auto source = target.read_back();
  if (!source) return pass_on(source);
  if (auto same = verify(*whole, **source, reached); !same) return pass_on(same);
  if (auto done = target.finish(); !done) return pass_on(done);
  return whole;
}

Result<void> verify(const Manifest& manifest, Source& source, const Reached& reached) {
  auto found = tally_of(source, reached);
  if (!found) return pass_on(found);
  return compare(manifest, std::move(*found), source.kind() == "tables");
}

Result<Tally> tally_of(Source& source, const Reached& reached) {
  Tally tally;
  auto house = source.house();
  if (!house) return pass_on(house);
  number_on_its_own(*house);
  tally.add(*house);
  auto visitors = source.visitors();
  if (!visitors) return pass_on(visitors);
  for (std::size_t i = 0; i < visitors->size(); i += kReadAtOnce) {
    auto boxes = source.boxes(std::span(*visitors).subspan(i, std::min(kReadAtOnce, visitors->size() - i)));
    if (!boxes) return pass_on(boxes);
    for (const VisitorBox& box : *boxes) tally.add(box);
    reached(i + boxes->size());
  }
  return tally;
}

}  // namespace handrail::moving
