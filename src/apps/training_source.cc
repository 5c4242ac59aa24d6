// SPDX-License-Identifier: Apache-2.0
#include "apps/training_source.h"

#include <fmt/core.h>

#include "gateway/rules_document.h"
#include "training/log_source.h"
#include "training/sources/mapped_source.h"

namespace handrail {
namespace {

void add_properties(const std::vector<std::string>& paths, core::PropertyKind kind,
                    std::vector<core::Property>& properties) {
  for (const std::string& path : paths) properties.push_back({path, kind});
}

void note_faults(const training::MappedSource& events, std::vector<std::string>& notes) {
  for (const std::string& fault : events.faults()) notes.push_back(fault);
  if (events.bad_rows() > 0) notes.push_back(std::to_string(events.bad_rows()) + " rows were left out");
  for (const std::string& column : events.absent_columns())
    notes.push_back("no row has \"" + column + "\", which the mapping names; is it misspelt?");
}

Result<TrainingSource> open_mapped(const EventsFlags& flags) {
  auto mapping = training::read_mapping(flags.mapping);
  if (!mapping) return pass_on(mapping);
  TrainingSource source;
  source.words = flags.events;
  source.has_outcomes = mapping->outcome.are_there();
  source.options.rules.policy.journey_idle = mapping->idle_end;
  source.options.rules.policy.journey_longest = mapping->longest;
  source.options.rules.privacy.heeds_gpc = false;
  source.options.has_told_exits = mapping->silence == training::Mapping::Silence::kLeftOut;
  for (const training::Property& property : mapping->properties) {
    const auto kind = property.is_number ? core::PropertyKind::kNumber : core::PropertyKind::kCategory;
    source.options.properties.push_back({property.name, kind});
  }
  training::SourceLimits limits;
  limits.bad_rows_max = flags.bad_rows_max;
  auto events = training::MappedSource::open(*mapping, flags.events, limits);
  if (!events) return pass_on(events);
  note_faults(**events, source.notes);
  source.events = std::move(*events);
  return source;
}

Result<TrainingSource> open_log(const LoadedConfig& loaded, const EventsFlags& flags) {
  auto log = training::LogSource::open(loaded.config.data, flags.site);
  if (!log) return pass_on(log);
  TrainingSource source;
  source.words = loaded.config.data + "/log";
  source.options.rules.policy = gateway::policy_of(loaded.config.policy);
  source.events = std::make_unique<training::LogSource>(std::move(*log));
  return source;
}

}  // namespace

Result<TrainingSource> open_events(const LoadedConfig& loaded, const EventsFlags& flags) {
  if (flags.events.empty() != flags.mapping.empty())
    return fail(ErrorCode::kInvalidArgument, "--events and --mapping go together (docs/outside-data.md)");
  auto source = flags.events.empty() ? open_log(loaded, flags) : open_mapped(flags);
  if (!source) return pass_on(source);
  add_properties(flags.numbers, core::PropertyKind::kNumber, source->options.properties);
  add_properties(flags.categories, core::PropertyKind::kCategory, source->options.properties);
  if (source->options.properties.size() > core::Trail::kPropertiesMax)
    return fail(ErrorCode::kInvalidArgument,
                "a model has " + std::to_string(core::Trail::kPropertiesMax) + " properties at most", "properties",
                core::Trail::kPropertiesMax);
  for (const std::string& note : source->notes) fmt::print(stderr, "handrail: {}: {}\n", source->words, note);
  return source;
}

Result<TrainingSource> open_training_source(const LoadedConfig& loaded, const EventsFlags& flags) {
  auto source = open_events(loaded, flags);
  if (source && !source->has_outcomes)
    return fail(ErrorCode::kInvalidArgument,
                flags.mapping + ": [outcome] says of no row that it is the goal: there is nothing to learn", "outcome");
  return source;
}

}  // namespace handrail
