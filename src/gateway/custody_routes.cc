// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "gateway/gateway.h"
#include "gateway/small_body.h"

// Copies of the data: made while the server runs, and listed. Putting one in place is the command line's.
namespace handrail::gateway {
namespace {

namespace json = boost::json;

json::object backup_view(const Backup& b) {
  return {{"name", b.name}, {"at", b.at}, {"begin", b.begin}, {"end", b.end}, {"bytes", b.bytes}};
}

}  // namespace

void Gateway::add_custody_routes() {
  router_.add(Method::kPost, "/v1/backups", Access::kOwn, [this](const CallPtr& call) {
    if (ports_.custody == nullptr) return call->respond(problem(404, "not_found", "this server keeps no data to copy"));
    read_settled(call, [this, call] {
      auto made = ports_.custody->back_up();
      if (!made) return call->respond(problem(made.error()));
      transport_->post([this, call, made = std::move(*made)] {
        administer(call, {}, {"backup.made", made.name, std::to_string(made.bytes) + " bytes"},
                   [call, made] { call->respond(json_response(json::serialize(backup_view(made)))); });
      });
    });
  });

  router_.add(Method::kGet, "/v1/backups", Access::kOwn, [this](const CallPtr& call) {
    if (ports_.custody == nullptr) return call->respond(problem(404, "not_found", "this server keeps no data to copy"));
    read(call, [this, call] {
      auto backups = ports_.custody->backups();
      if (!backups) return call->respond(problem(backups.error()));
      json::array items;
      for (const Backup& backup : *backups) items.push_back(backup_view(backup));
      call->respond(json_response(json::serialize(json::object{{"items", std::move(items)}})));
    });
  });
}

}  // namespace handrail::gateway
