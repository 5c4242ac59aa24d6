// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <boost/json.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

#include "apps/answer_text.h"
#include "apps/commands.h"
#include "apps/json_text.h"

// A site's rules from the command line, by the API of a running server.
namespace handrail {
namespace {

namespace json = boost::json;

void print_version(const json::value& version) {
  fmt::print("{:>7}  {:<20}  {:<30}  {}\n", text(version, "version"), time_of(version, "effectiveAt"),
             text(version, "author"), text(version, "note"));
}

// The rules themselves go to standard output, so that `show > rules.json`, an edit and `draft rules.json` are a way.
void print_rules(const json::value& answer) { fmt::print("{}\n", indented(answer.at("rules"))); }

void print_overview(const json::value& answer) {
  fmt::print("version {} holds{}\n", text(answer, "version"), answer.at("draft").is_null() ? "" : "; there is a draft");
  for (const json::value& version : answer.at("versions").as_array()) print_version(version);
}

std::optional<std::string> read_document(const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream in(file);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

int run_rules(const RulesFlags& flags) {
  HttpClient server(flags.server);
  const std::string base = "/v1/sites/" + flags.site + "/rules";
  const auto print_done = [](const json::value& answer) {
    fmt::print("version {} takes effect at {}\n", text(answer, "version"), time_of(answer, "effectiveAt"));
  };
  json::object body;
  if (!flags.note.empty()) body["note"] = flags.note;
  if (flags.what == "show") {
    const std::string path = flags.argument.empty() ? base : base + "/" + flags.argument;
    return report(server.get(path), flags.as_json, print_rules);
  }
  if (flags.what == "versions") return report(server.get(base), flags.as_json, print_overview);
  if (flags.what == "publish")
    return report(server.post(base + "/publish", json::serialize(body)), flags.as_json, print_done);
  if (flags.what == "drop")
    return report(server.ask("DELETE", base + "/draft", ""), flags.as_json, [](const json::value&) {});
  if (flags.what == "rollback") {
    body["version"] = std::atoll(flags.argument.c_str());
    return report(server.post(base + "/rollback", json::serialize(body)), flags.as_json, print_done);
  }
  const auto document = read_document(flags.argument);
  if (!document) {
    fmt::print(stderr, "handrail: cannot read \"{}\"; give a file with the rules, or - for standard input\n",
               flags.argument);
    return kUsage;
  }
  if (flags.what == "validate") {
    return report(server.post(base + "/validate", *document), flags.as_json,
                  [](const json::value&) { fmt::print("valid\n"); });
  }
  return report(server.ask("PUT", base + "/draft", *document), flags.as_json,
                [](const json::value&) { fmt::print("drafted; `handrail rules publish` makes it hold\n"); });
}

}  // namespace handrail
