// SPDX-License-Identifier: Apache-2.0
#include "config/load.h"

#include <doctest/doctest.h>

#include <fstream>
#include <map>

#include "config/fields.h"
#include "tests/support/temporary_folder.h"

using namespace handrail;

namespace {

struct Sources {
  test::TemporaryFolder folder;
  ConfigSources sources;
  std::map<std::string, std::string> environment;

  Sources() {
    sources.environment = [this](const std::string& name) {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
  }
  void file(const std::string& text) {
    sources.file = folder.path() / "handrail.toml";
    std::ofstream(*sources.file) << text;
  }
};

std::string another_value(const ConfigField& field) {
  if (std::holds_alternative<bool*>(field.value)) return field.text() == "true" ? "false" : "true";
  if (std::holds_alternative<std::string*>(field.value)) return "127.0.0.1:9";
  return std::to_string(std::stoll(field.text()) == field.high ? field.high - 1 : std::stoll(field.text()) + 1);
}

}  // namespace

TEST_CASE("flag over environment over file over default, for every field") {
  Config defaults;
  for (const ConfigField& field : fields_of(defaults)) {
    CAPTURE(field.name);
    const std::string value = another_value(field);
    const bool text = std::holds_alternative<std::string*>(field.value);
    const auto origin_with = [&](bool file, bool environment, bool flag) {
      Sources s;
      if (file) s.file(field.name + " = " + (text ? "\"" + value + "\"" : value) + "\n");
      if (environment) s.environment[field.environment_name()] = value;
      if (flag) s.sources.flags = {{field.name, value}};
      const LoadedConfig loaded = load_config(s.sources);
      return loaded.origins.at(field.name);
    };
    CHECK(origin_with(false, false, false) == "default");
    CHECK(origin_with(true, false, false) == "handrail.toml:1");
    CHECK(origin_with(true, true, false) == "environment");
    CHECK(origin_with(true, true, true) == "flag");
  }
}

TEST_CASE("neither a secret nor a login in a URL is shown") {
  Config config;
  for (const ConfigField& field : fields_of(config)) {
    if (field.name == "analyst.url") {
      REQUIRE(field.set("https://me:pass@host/v1"));
      CHECK(field.text() == "https://me:pass@host/v1");
      CHECK(field.toml() == "analyst.url = \"https://host/v1\"");
    }
    if (field.name == "analyst.api_key") {
      const auto refused = field.set(std::string(5000, 'k'));
      REQUIRE_FALSE(refused);
      CHECK(refused.error().message == "analyst.api_key: must have at most 4096 characters");
    }
  }
}

TEST_CASE("an unknown key names its line and the nearest key; all faults are reported") {
  Sources s;
  s.file("[policy]\nqualify_rsk = 80\n[log]\nretention_hours = 1\n[server]\nlisten = 5.5\n");
  const LoadedConfig loaded = load_config(s.sources);
  REQUIRE(loaded.faults.size() == 3);
  const std::string all = loaded.faults[0] + "\n" + loaded.faults[1] + "\n" + loaded.faults[2];
  CHECK(all.find("handrail.toml:2: unknown key \"policy.qualify_rsk\"; did you mean \"policy.qualify_risk\"?") !=
        std::string::npos);
  CHECK(all.find("log.retention_hours: must be between 24 and 8760, not \"1\"") != std::string::npos);
}

TEST_CASE("a file that is not TOML names its line") {
  Sources s;
  s.file("data = \"x\"\nlisten = = 1\n");
  const LoadedConfig loaded = load_config(s.sources);
  REQUIRE(loaded.faults.size() == 1);
  CHECK(loaded.faults[0].find(":2:") != std::string::npos);
}

TEST_CASE("a malformed key is reported, whatever its letters") {
  for (const char* text : {"[.a]\n", "dat\u0449 = 1\n", "\u0449 = 1\n", "a.\u3001 = 1\n", "{ = 1\n", "[[ ]]\n"}) {
    CAPTURE(text);
    Sources s;
    s.file(text);
    CHECK(load_config(s.sources).faults.size() == 1);
  }
}

TEST_CASE("values that contradict each other are refused") {
  Sources s;
  s.sources.flags = {{"policy.rearm_risk", "80"}};
  CHECK(load_config(s.sources).faults.size() == 1);
  s.sources.flags = {{"log.durability", "some"}};
  CHECK(load_config(s.sources).faults.size() == 1);
}

TEST_CASE("who is asked for predictions is named whole, and as its service names it") {
  const auto faults = [](std::vector<std::pair<std::string, std::string>> flags) {
    Sources s;
    s.sources.flags = std::move(flags);
    return load_config(s.sources).faults;
  };
  CHECK(faults({{"predictor.kind", "sagemaker"}, {"predictor.endpoint_name", "exit-risk"}}).empty());
  CHECK(faults({{"predictor.kind", "oracle"}}) ==
        std::vector<std::string>{"predictor.kind: must be embedded or sagemaker, not \"oracle\""});
  CHECK(
      faults({{"predictor.kind", "sagemaker"}}) ==
      std::vector<std::string>{"predictor.endpoint_name: name the endpoint that predictor.kind = \"sagemaker\" asks"});
  CHECK(faults({{"predictor.endpoint_name", "a/b"}}).size() == 1);
  CHECK(faults({{"predictor.endpoint", "runtime.example"}}).size() == 1);
  CHECK(faults({{"predictor.open_ms", "5000"}, {"predictor.open_max_ms", "1000"}}).size() == 1);
}
