// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <boost/json.hpp>

#include "apps/answer_text.h"
#include "apps/commands.h"
#include "apps/files.h"
#include "apps/json_text.h"
#include "core/risk/exit_artefact.h"

// A site's exit-risk models from the command line, by the API of a running server.
namespace handrail {
namespace {

namespace json = boost::json;

void print_model(const json::value& model) {
  const std::string fault = model.as_object().contains("fault") ? "  CANNOT BE ASKED: " + text(model, "fault") : "";
  fmt::print("{:>7}  {:<10} {:<20}  {:<20}  {}{}\n", text(model, "version"), text(model, "stage"),
             time_of(model, "since"), text(model, "author"), text(model, "name"), fault);
}

void print_overview(const json::value& answer) {
  fmt::print("{}\n", text(answer, "decides"));
  for (const json::value& model : answer.at("items").as_array()) print_model(model);
}

void print_move(const json::value& move) {
  fmt::print("version {} is {} from {} on\n", text(move, "version"), text(move, "stage"), time_of(move, "effectiveAt"));
}

void print_moved(const json::value& answer) {
  print_move(answer.at("move"));
  const json::object& about = answer.as_object();
  if (!about.contains("offers") || about.at("offers").at("share").is_null()) return;
  const json::value& offers = about.at("offers");
  fmt::print("by validation its score reaches the bar in {:.1f} % of journeys: about {:.1f} of {} a day\n",
             offers.at("share").to_number<double>() * 100, offers.at("offersADay").to_number<double>(),
             text(offers, "journeysADay"));
}

int write_artefact(const Result<HttpClient::Answer>& answer, const std::string& file) {
  if (!answer || answer->status != 200) return report(answer, false, [](const json::value&) {});
  if (auto written = write_file(file, answer->body); !written) return failed(written.error());
  fmt::print("{} bytes in {}\n", answer->body.size(), file);
  return kOk;
}

int add_model(HttpClient& server, const std::string& base, const ModelsFlags& flags) {
  const auto artefact = read_file(flags.argument, "model", core::kArtefactBytesMax);
  if (!artefact) return failed(artefact.error());
  return report(server.post(base, *artefact), flags.as_json, [](const json::value& model) {
    fmt::print("registered as version {}, a candidate: `handrail models stage {} --stage shadow` has it asked\n",
               text(model, "version"), text(model, "version"));
  });
}

}  // namespace

int run_models(const ModelsFlags& flags) {
  if (flags.what == "import" || flags.what == "to-sagemaker") return run_model_files(flags);
  HttpClient server(flags.server);
  const std::string base = "/v1/sites/" + flags.site + "/models";
  const std::string one = base + "/" + flags.argument;
  json::object body;
  if (!flags.note.empty()) body["note"] = flags.note;
  if (flags.what == "list") return report(server.get(base), flags.as_json, print_overview);
  if (flags.what == "rollback") {
    return report(server.post(base + "/rollback", json::serialize(body)), flags.as_json, [](const json::value& answer) {
      for (const json::value& move : answer.at("moves").as_array()) print_move(move);
    });
  }
  if (flags.argument.empty()) {
    fmt::print(stderr, "handrail: models {} needs {}\n", flags.what, flags.what == "add" ? "a file" : "a version");
    return kUsage;
  }
  if (flags.what == "add") return add_model(server, base, flags);
  if (flags.what == "show")
    return report(server.get(one), flags.as_json,
                  [](const json::value& model) { fmt::print("{}\n", indented(model)); });
  if (flags.what == "export")
    return write_artefact(server.get(one + "/artefact"),
                          flags.out.empty() ? "model-" + flags.argument + ".hrm" : flags.out);
  body["stage"] = flags.stage;
  if (flags.percent > 0) body["percent"] = flags.percent;
  if (flags.over_budget) body["overBudget"] = true;
  return report(server.post(one + "/stage", json::serialize(body)), flags.as_json, print_moved);
}

}  // namespace handrail
