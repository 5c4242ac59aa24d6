// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "base/check.h"
#include "tests/fuzz/targets.h"
#include "training/sources/mapped_source.h"

namespace handrail::fuzz {
namespace {

using namespace training;

constexpr std::string_view kBorder = "\n----\n";  // between a mapping and the rows

constexpr const char* kMapping =
    "format = \"csv\"\nmissing = [\"NA\"]\nvisitor = \"who\"\njourney = \"visit\"\npage = \"url\"\ntype = \"{what}\"\n"
    "[time]\ncolumn = \"when\"\nformat = \"iso8601\"\nzone = \"+01:00\"\n[properties]\nnumbers = [\"amount\"]\n"
    "categories = [\"kind\"]\n[outcome]\ngoal = [{ what = [\"paid\", \"won\"], kind = { not = \"x\" } }]\n"
    "exit_after = [{ over = true }]\n[journeys]\nidle_end = \"1h\"\nlongest = \"2d\"\nsilence = \"left_out\"";

// Of what was read, each event can be stored, in order, with JSON for data.
void check_events(MappedSource& source) {
  UnixMicros last = 0;
  std::uint64_t count = 0;
  while (true) {
    auto next = source.next();
    check(next.has_value(), "what was kept can be read back");
    if (!*next) break;
    const core::Record& record = (*next)->logged.record;
    check(record.received_at >= last, "time does not go back");
    last = record.received_at;
    check((*next)->logged.offset == count++, "offsets are dense");
    const std::string& data = std::get<core::Event>(record.body).data_json;
    boost::system::error_code ec;
    check(data.empty() || (boost::json::parse(data, ec).is_object() && !ec), "the data is a JSON object");
  }
  check(count == source.rows(), "and all of it");
}

}  // namespace

void run_outside_data(std::string_view input) {
  const std::size_t border = input.find(kBorder);
  const auto mapping = mapping_in(input.substr(0, border), "m.toml");
  if (!mapping || border == std::string_view::npos) return;
  const std::string rows(input.substr(border + kBorder.size()));
  for (const std::size_t piece : {std::size_t{5}, std::size_t{1} << 16}) {
    auto source = MappedSource::read(*mapping, Input::of_text(rows, piece), "rows", {.bad_rows_max = 1'000});
    if (source) check_events(**source);
  }
}

std::vector<std::string> outside_data_seeds() {
  std::string ndjson = kMapping;
  ndjson.replace(ndjson.find("csv"), 3, "ndjson");
  const std::string border(kBorder);
  return {kMapping + border +
              "who,visit,url,what,when,amount,kind,over\r\nann,1,/a,\"vie\"\"wed\",2026-05-04T10:00:00.5Z,1.5,NA,\n"
              "\"b\nob\",2,,paid,2026-05-03 09:00,-2e3,y,TRUE\n",
          ndjson + border +
              "{\"who\":\"ann\",\"visit\":1,\"what\":\"won\",\"when\":\"2026-05-04\",\"amount\":1.25,\"kind\":null}\n"
              "{\"who\":\"bob\",\"visit\":{},\"what\":true}\n"};
}

}  // namespace handrail::fuzz
