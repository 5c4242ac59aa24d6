// SPDX-License-Identifier: Apache-2.0
#include "config/load.h"

#include <algorithm>

#include "base/nearest.h"
#include "base/toml.h"
#include "config/fields.h"

namespace handrail {
namespace {

class Loading {
 public:
  Loading() : fields_(fields_of(loaded_.config)) {
    for (const ConfigField& field : fields_) loaded_.origins[field.name] = "default";
  }

  void take_file(const std::filesystem::path& path) {
    try {
      take_table(toml::parse_file(path.string()), "", path.filename().string());
    } catch (const toml::parse_error& error) {
      loaded_.faults.push_back(path.string() + ":" + std::to_string(error.source().begin.line) + ": " +
                               std::string(error.description()));
    }
  }

  void take_environment(const std::function<std::optional<std::string>(const std::string&)>& environment) {
    for (const ConfigField& field : fields_) {
      if (const auto value = environment(field.environment_name())) set(field.name, *value, "environment");
    }
  }

  void set(const std::string& name, const std::string& value, const std::string& origin) {
    const auto field =
        std::find_if(fields_.begin(), fields_.end(), [&](const ConfigField& f) { return f.name == name; });
    if (field == fields_.end()) return unknown(name, origin);
    if (auto done = field->set(value); !done) {
      loaded_.faults.push_back(origin + ": " + done.error().message);
    } else {
      loaded_.origins[name] = origin;
    }
  }

  LoadedConfig finish() {
    const Config& c = loaded_.config;
    if (c.models.retrain != "never" && c.models.retrain != "propose" && c.models.retrain != "promote")
      loaded_.faults.push_back("models.retrain: must be never, propose or promote, not \"" + c.models.retrain + "\"");
    if (c.log.durability != "fsync" && c.log.durability != "relaxed")
      loaded_.faults.push_back("log.durability: must be fsync or relaxed, not \"" + c.log.durability + "\"");
    if (c.stream.kind != "kinesis" && c.stream.kind != "kafka")
      loaded_.faults.push_back("stream.kind: must be kinesis or kafka, not \"" + c.stream.kind + "\"");
    if (c.log.block_bytes_max > c.log.segment_bytes - 8192)
      loaded_.faults.push_back("log.block_bytes_max: a block must fit into log.segment_bytes");
    if (c.policy.rearm_risk >= c.policy.qualify_risk)
      loaded_.faults.push_back("policy.rearm_risk: must be below policy.qualify_risk");
    check_predictor(c.predictor);
    check_analyst(c.analyst);
    return std::move(loaded_);
  }

 private:
  void check_predictor(const Config::Predictor& p) {
    const auto fault = [&](const char* what) { loaded_.faults.emplace_back(what); };
    if (p.kind != "embedded" && p.kind != "sagemaker")
      loaded_.faults.push_back("predictor.kind: must be embedded or sagemaker, not \"" + p.kind + "\"");
    if (p.kind == "sagemaker" && p.endpoint_name.empty())
      fault("predictor.endpoint_name: name the endpoint that predictor.kind = \"sagemaker\" asks");
    if (!is_aws_name(p.endpoint_name)) fault("predictor.endpoint_name: must be letters, digits and hyphens");
    if (!is_aws_name(p.target_variant)) fault("predictor.target_variant: must be letters, digits and hyphens");
    if (!is_http(p.endpoint)) fault("predictor.endpoint: must begin with http:// or https://");
    if (p.open_max_ms < p.open_ms) fault("predictor.open_max_ms: must not be below predictor.open_ms");
  }

  void check_analyst(const Config::Analyst& a) {
    const auto fault = [&](const char* what) { loaded_.faults.emplace_back(what); };
    if (a.kind != "builtin" && a.kind != "bedrock" && a.kind != "openai")
      loaded_.faults.push_back("analyst.kind: must be builtin, bedrock or openai, not \"" + a.kind + "\"");
    if (a.kind == "openai" && a.url.empty())
      fault("analyst.url: name the API that analyst.kind = \"openai\" asks, such as http://127.0.0.1:8000/v1");
    if (!is_http(a.url)) fault("analyst.url: must begin with http:// or https://");
    if (a.open_max_ms < a.open_ms) fault("analyst.open_max_ms: must not be below analyst.open_ms");
  }

  static bool is_http(std::string_view url) {
    return url.empty() || url.starts_with("http://") || url.starts_with("https://");
  }

  static bool is_aws_name(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
  }

  void take_table(const toml::table& table, const std::string& prefix, const std::string& file) {
    for (const auto& [key, node] : table) {
      std::string name = prefix;
      if (!prefix.empty()) name += ".";
      name += key.str();
      const std::string origin = file + ":" + std::to_string(node.source().begin.line);
      if (const auto* inner = node.as_table()) {
        take_table(*inner, name, file);
      } else if (const auto* text = node.as_string()) {
        set(name, text->get(), origin);
      } else if (const auto* integer = node.as_integer()) {
        set(name, std::to_string(integer->get()), origin);
      } else if (const auto* flag = node.as_boolean()) {
        set(name, flag->get() ? "true" : "false", origin);
      } else {
        loaded_.faults.push_back(origin + ": " + name + ": must be a string, a whole number or true/false");
      }
    }
  }

  void unknown(const std::string& name, const std::string& origin) {
    std::vector<std::string> names;
    names.reserve(fields_.size());
    for (const ConfigField& field : fields_) names.push_back(field.name);
    loaded_.faults.push_back(origin + ": unknown key \"" + name + "\"; did you mean \"" + nearest_name(name, names) +
                             "\"?");
  }

  LoadedConfig loaded_;
  std::vector<ConfigField> fields_;
};

}  // namespace

LoadedConfig load_config(const ConfigSources& sources) {
  Loading loading;
  if (sources.file) loading.take_file(*sources.file);
  if (sources.environment) loading.take_environment(sources.environment);
  for (const auto& [name, value] : sources.flags) loading.set(name, value, "flag");
  return loading.finish();
}

std::string config_reference() {
  Config defaults;
  std::string out = "| key | default | range | what it is |\n|---|---|---|---|\n";
  for (const ConfigField& field : fields_of(defaults)) {
    const bool is_number = std::holds_alternative<std::int64_t*>(field.value);
    const std::string range = is_number ? std::to_string(field.low) + " – " + std::to_string(field.high)
                              : std::holds_alternative<bool*>(field.value) ? "true, false"
                                                                           : "text";
    out += "| `" + field.name + "` | `" + field.text() + "` | " + range + " | " + field.help + " |\n";
  }
  return out;
}

}  // namespace handrail
