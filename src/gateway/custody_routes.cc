// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "gateway/gateway.h"
#include "gateway/small_body.h"

// Copies of the data: made while the server goes on, and listed. Putting one in place is the command line's.
namespace handrail::gateway {
namespace {

namespace json = boost::json;

json::object backup_view(const Backup& b) {
  return {{"name", b.name}, {"at", b.at}, {"begin", b.begin}, {"end", b.end}, {"bytes", b.bytes}};
}

json::object progress_view(const BackupProgress& p) {
  json::object out{{"underWay", nullptr}, {"failed", nullptr}};
  if (p.under_way) out["underWay"] = json::object{{"name", p.under_way->name}, {"share", p.under_way->share}};
  if (p.failed) out["failed"] = json::object{{"name", p.failed->name}, {"why", p.failed->why}};
  return out;
}

}  // namespace

void Gateway::add_custody_routes() {
  router_.add(Method::kPost, "/v1/backups", Access::kOwn, [this](const CallPtr& call) {
    if (ports_.custody == nullptr) return call->respond(problem(404, "not_found", "this server keeps no data to copy"));
    read(call, [this, call] {
      auto begun = ports_.custody->begin_backup();
      if (!begun) return call->respond(problem(begun.error()));
      transport_->post([this, call, name = std::move(*begun)] {
        administer(call, {}, {"backup.begun", name, {}}, [call, name] {
          HttpResponse response = json_response(json::serialize(json::object{{"name", name}}));
          response.status = 202;
          call->respond(std::move(response));
        });
      });
    });
  });

  router_.add(Method::kGet, "/v1/backups", Access::kOwn, [this](const CallPtr& call) {
    if (ports_.custody == nullptr) return call->respond(problem(404, "not_found", "this server keeps no data to copy"));
    read(call, [this, call] {
      json::object answer = progress_view(ports_.custody->progress());  // first: what it says is over is then listed
      auto backups = ports_.custody->backups();
      if (!backups) return call->respond(problem(backups.error()));
      json::array items;
      for (const Backup& backup : *backups) items.push_back(backup_view(backup));
      answer["items"] = std::move(items);
      call->respond(json_response(json::serialize(answer)));
    });
  });
}

}  // namespace handrail::gateway
