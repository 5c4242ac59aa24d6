// SPDX-License-Identifier: Apache-2.0
#include "gateway/gateway.h"
#include "gateway/problem.h"

// The pages that the binary carries: the SDK, the desk, and the demo's bank with its two endpoints.
namespace handrail::gateway {
namespace {

constexpr const char* kDemoPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src "
    "'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";
constexpr const char* kDeskPolicy =  // its component library puts style elements into the page
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

HttpResponse asset_response(const Asset& asset, std::string_view path, const char* policy) {
  const bool is_named_by_content = path.find("/assets/") != std::string_view::npos;
  HttpResponse response{200, std::string(asset.content_type), std::string(asset.body), {}};
  response.headers.emplace_back("Cache-Control",
                                is_named_by_content ? "public, max-age=31536000, immutable" : "no-cache");
  if (policy != nullptr) response.headers.emplace_back("Content-Security-Policy", policy);
  response.headers.emplace_back("Referrer-Policy", "same-origin");
  return response;
}

// One page application: files by name, its own routes, which may hold dots, by index.html.
void serve_application(const Assets& assets, const CallPtr& call, const std::string& root, const char* policy) {
  const std::string path = root + "/" + call->params.at(0);
  if (const auto file = assets(path)) return call->respond(asset_response(*file, path, policy));
  const bool is_file = call->params[0].starts_with("assets/");
  const auto index = assets(root + "/index.html");
  if (is_file || !index) return call->respond(problem(404, "not_found", "no such page; was the web part built?"));
  call->respond(asset_response(*index, root + "/index.html", policy));
}

HttpResponse redirect(const char* to) { return {302, "text/plain", "", {{"Location", to}}}; }

}  // namespace

void Gateway::add_page_routes() {
  const auto serve_sdk = [this](const std::string& path, const CallPtr& call) {
    const auto file = ports_.assets(path);
    if (!file) return call->respond(problem(404, "not_found", "no such script; was the web part built?"));
    HttpResponse response = asset_response(*file, path, nullptr);
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    response.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
    call->respond(std::move(response));
  };
  router_.add(Method::kGet, "/sdk.js", Access::kPlain, [serve_sdk](const CallPtr& call) { serve_sdk("sdk.js", call); });
  router_.add(Method::kGet, "/sdk/*", Access::kPlain,
              [serve_sdk](const CallPtr& call) { serve_sdk("sdk/" + call->params[0], call); });

  router_.add(Method::kGet, "/desk", Access::kPlain, [](const CallPtr& call) { call->respond(redirect("/desk/")); });
  router_.add(Method::kGet, "/desk/*", Access::kPlain,
              [this](const CallPtr& call) { serve_application(ports_.assets, call, "desk", kDeskPolicy); });
  const char* home = options_.serve_demo ? "/demo/" : "/desk/";
  router_.add(Method::kGet, "/", Access::kPlain, [home](const CallPtr& call) { call->respond(redirect(home)); });
  if (!options_.serve_demo) return;

  router_.add(Method::kGet, "/demo", Access::kPlain, [](const CallPtr& call) { call->respond(redirect("/demo/")); });
  router_.add(Method::kGet, "/demo/*", Access::kPlain,
              [this](const CallPtr& call) { serve_application(ports_.assets, call, "demo", kDemoPolicy); });
  router_.add(Method::kPost, "/demo/api/applications", Access::kPlain,
              [](const CallPtr& call) { call->respond(json_response(R"({"status":"received"})")); });
  // The bank's own service, which fails at times: two saves of three.
  router_.add(Method::kPost, "/demo/api/calculations", Access::kPlain, [this](const CallPtr& call) {
    if (demo_saves_++ % 3 != 2) return call->respond({503, "application/json", R"({"error":"storage is busy"})", {}});
    call->respond(json_response(R"({"status":"saved"})"));
  });
}

}  // namespace handrail::gateway
