// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "engine/folding.h"
#include "engine/model_watch.h"
#include "gateway/access/guard.h"
#include "gateway/access/proxies.h"
#include "gateway/admission.h"
#include "gateway/codec/intake.h"
#include "gateway/hub.h"
#include "gateway/ingest_figures.h"
#include "gateway/reading.h"
#include "gateway/router.h"
#include "gateway/server.h"
#include "gateway/transport.h"
#include "ports/analyst.h"
#include "ports/custody.h"
#include "ports/record_sink.h"
#include "ports/state_reader.h"
#include "ports/trainer.h"
#include "telemetry/stages.h"

namespace handrail::gateway {

// A file of the pages that the binary serves.
struct Asset {
  std::string_view content_type;
  std::string_view body;
};
using Assets = std::function<std::optional<Asset>(std::string_view path)>;

struct GatewayOptions {
  ServerOptions server;
  IntakeLimits intake;
  std::string version = "dev";
  std::string durability = "fsync";  // told with every acknowledgement
  Millis answer_within = 50;         // an answer's state is waited for this long
  Millis read_within = kSecond;      // a read waits this long for what is durable to be folded
  Millis unready = 0;                // asked to stop, it says that it is not ready for so long before it drains
  Millis drain = 10 * kSecond;
  Comeback comeback{2 * kSecond, 2 * kSecond};  // of pages sent away: when a server on this address may be up again
  std::size_t chat_text_bytes_max = 4000;
  TrustedProxies proxies;
  std::vector<std::string> hosts;  // names that this server is called by; empty: any
  GuardOptions guard;
  core::Rules rules;                           // of the configuration: where a site published none
  bool serve_demo = false;                     // the bank site and its two endpoints
  std::uint32_t requests_per_second = 20'000;  // per address; more is answered 429
  AdmissionOptions admission;
};

// What a gateway runs on. A test that simulates a network and its time puts its own here.
struct GatewayRuntime {
  std::function<std::unique_ptr<Transport>(ServerOptions, Handler)> transport;
  std::function<std::unique_ptr<Reading>()> reading;
};

struct GatewayPorts {
  RecordSink& log;
  RecordHistory& history;
  StateReader& reader;
  Folding& engine;
  Hub& hub;
  const Clock& clock;
  telemetry::Metrics& metrics;
  Assets assets;
  Custody* custody = nullptr;               // where the data can be copied
  const ModelWatch* model_watch = nullptr;  // where journeys are folded in this process
  Trainer* trainer = nullptr;               // where there is a log to learn from
  std::function<PromptText(const core::Digest&, const core::AnalystRules&)> prompt_of{};  // for people to look at
};

// HTTP in, server-sent events out. Holds no state of its own beyond what is connected.
class Gateway {
 public:
  Gateway(GatewayOptions options, GatewayPorts ports);  // on sockets and threads
  Gateway(GatewayOptions options, GatewayPorts ports, const GatewayRuntime& runtime);
  ~Gateway();

  Result<void> start();  // takes up what is live, then listens
  void stop();           // not ready, goodbye to streams, drain; idempotent
  std::uint16_t port() const { return transport_->port(); }

 private:
  // Routes, a file each.
  void add_ingest_routes();
  void add_help_routes();
  void add_chat_routes();
  void add_mission_routes();
  void add_visitor_routes();
  void add_subject_routes();
  void add_reading_routes();
  void add_desk_routes();
  void add_session_routes();
  void add_site_routes();
  void add_credential_routes();
  void add_rules_routes();
  void add_analyst_routes();
  void add_model_routes();
  void add_training_routes();
  void add_custody_routes();
  void add_operation_routes();
  void add_page_routes();

  // --- shared by routes
  // ------------------------------------------------------------------------------------------------
  bool within_rate(const HttpRequest& request);
  bool within_site_rate(const CallPtr& call);  // false: answered
  bool verifies_users(const std::string& site) const;
  std::optional<core::Site> named_site(const CallPtr& call);
  // The same, and what is changed counts as that site's. False: answered.
  bool take_named_site(const CallPtr& call);
  // Has the log tell of the configuration's rules, where it does not yet; tried until it does.
  void keep_configuration();
  core::RulesInForce rules_now(const std::string& site) const;  // on the I/O thread, until it turns to another call
  core::Rules rules_to_draft_from(const std::string& site) const;
  std::optional<core::Rules> drafted(const CallPtr& call, const std::string& site);
  void take_control(const std::vector<core::Record>& records, const Receipt& receipt);
  void publish_rules(const CallPtr& call, core::RulesVersion version, const char* what);
  const core::ModelsBook::Version* named_model(const CallPtr& call);
  int bar_of(const std::string& site) const;  // the risk from which its policy may offer help
  void register_model(const CallPtr& call);
  void take_trained(const TrainingOrder& order, const std::string& artefact);
  void move_model(const CallPtr& call);
  void roll_back_model(const CallPtr& call);
  std::optional<core::Credential> named_credential(const CallPtr& call);
  std::vector<core::RecordBody> declaration_of(const std::string& site);
  struct ActWords {
    std::string what, subject, detail;
  };
  void administer(const CallPtr& call, std::vector<core::RecordBody> changes, ActWords words,
                  std::function<void()> done);
  // Runs `work` off the I/O thread; 503 when too much waits.
  void read(const CallPtr& call, std::function<void()> work);
  // The same, after everything durable was folded and written.
  void read_settled(const CallPtr& call, std::function<void()> work);
  void read_settled(const CallPtr& call, VisitorKey visitor, std::function<void()> work);  // what is that visitor's
  void not_settled(const CallPtr& call);
  // The same with the dead letter that the path names; 404 when there is none.
  // With the state of the visitor that the path names, back on the I/O thread; 404 when there is none.
  void with_visitor(const CallPtr& call, std::function<void(const core::Visitor&)> use);
  void respond_with_signals(const CallPtr& call, Result<ListPage<core::Signal>> page);
  void read_dead_letter(const CallPtr& call, std::function<void(const DeadLetter&)> use);
  void append(std::vector<core::Record> records, RecordSink::Appended done);
  tl::unexpected<Error> not_stored(const Error& why);
  // Whether a request with events gets in, by its head.
  Admitted admit(const RequestHead& head);
  // The same by whose events they are. False: answered.
  bool admit_visitor(const CallPtr& call, const VisitorKey& visitor);
  HttpResponse overloaded(Admission::Refusal why);
  HttpResponse acknowledged(std::string body) const;
  // A record of the call's site, received now.
  core::Record record_of(const Call& call, const std::string& visitor, core::RecordBody body) const;
  static VisitorKey key_of(const Call& call, std::string_view visitor) {
    return visitor_key(call.caller.site, visitor);
  }
  // The visitor that an id (anonymousId or userId) means: itself, else the one linked last.
  Result<std::optional<VisitorKey>> resolve(const Call& call, const std::string& id);
  std::vector<VisitorKey> keys_of_user(const Call& call, const std::string& user_id);

  Result<std::vector<core::LoggedRecord>> events_of(const VisitorKey& key, Offset before, std::size_t limit);
  // The ids under which whom this one means is known, of those that are known at all.
  Result<std::vector<std::string>> ids_of_subject(const Call& call, const std::string& id);
  void erase(const CallPtr& call, const std::vector<std::string>& ids);

  static Arrival arrival_of(const Call& call);
  // Before anything is kept: drops and hashes what the site's privacy rules name, and takes off the names of users that
  // the caller cannot vouch for. Returns how many events lost such a name.
  std::size_t vet(const Call& call, Intake& intake);
  void take_intake(const CallPtr& call, Result<Intake> intake);
  // Runs `read`, and counts its time as decoding.
  template <class Read>
  auto decode(Read read) {
    const auto begun = ports_.clock.monotonic_micros();
    auto read_in = read();
    decode_seconds_.add(static_cast<double>(ports_.clock.monotonic_micros() - begun) / 1e6);
    return read_in;
  }
  void answer_offer(const CallPtr& call, VisitorKey key, std::string visitor, core::Answer answer,
                    std::function<void(std::string state)> answered);
  void open_page(const CallPtr& call, std::vector<VisitorKey> keys, std::string user_id);
  void send_chat(const CallPtr& call, const std::string& visitor, std::vector<core::Chat> lines);
  void set_availability(const Hub::AgentName& agent, bool available, std::function<void(Result<Receipt>)> done);
  void tick();
  void tell_pages();  // how to work, where their site's rules say it otherwise by now
  void await_control();
  void tell_watchers();
  std::string availability_json(const std::string& site) const;

  const GatewayOptions options_;
  GatewayPorts ports_;
  Admission admission_;
  const std::array<HttpResponse, 4> refusals_;  // by Admission::Refusal
  std::unique_ptr<Reading> reading_;
  Guard guard_;
  Router router_;
  std::unique_ptr<Transport> transport_;
  std::atomic<bool> ready_{false};
  std::atomic<bool> is_storage_failing_{false};
  bool stopped_ = false;
  std::map<std::string, core::PageRules> pages_told_;  // of sites with open pages
  bool is_configuration_due_ = false;                  // the log may not tell of it yet
  bool control_known_ = false;
  class Buckets;
  std::unique_ptr<Buckets> buckets_;  // by address, and by site
  class LongPolls;
  std::shared_ptr<LongPolls> polls_;
  std::uint64_t demo_saves_ = 0;
  std::unordered_set<VisitorKey, IdHash> struggling_;  // watched, and above 0 when last told
  IngestFigures ingest_;
  telemetry::Counter limited_, overloaded_, busy_;
  telemetry::Counter decode_seconds_;
  telemetry::Histogram ack_seconds_;
};

// A site as it begins, with secrets of its own.
core::Site new_site(std::string id);

// A 200 that carries JSON.
HttpResponse json_response(std::string body);

}  // namespace handrail::gateway
