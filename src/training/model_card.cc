// SPDX-License-Identifier: Apache-2.0
#include "training/model_card.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "base/utc.h"

namespace handrail::training {
namespace {

std::string percent(double share) { return std::isnan(share) ? "–" : fmt::format("{:.1f} %", 100 * share); }
std::string decimal(double value) { return std::isnan(value) ? "–" : fmt::format("{:.3f}", value); }
std::string with_interval(const Figure& f) {
  return std::isnan(f.value) ? "–" : fmt::format("{:.3f} ({:.3f} to {:.3f})", f.value, f.low, f.high);
}

class Text {
 public:
  template <class... Args>
  void line(fmt::format_string<Args...> form, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), form, std::forward<Args>(args)...);
    text_ += '\n';
  }
  void heading(const char* words) { line("\n## {}\n", words); }
  std::string done() { return std::move(text_); }

 private:
  std::string text_;
};

void row_of(Text& text, const char* part, const char* use, const PartSummary& of) {
  text.line("| {} | {} | {} | {} | {} | {} | {} to {} |", part, use, of.rows, of.journeys_exit, of.journeys_other,
            percent(of.base_rate), utc(of.first_at), utc(of.last_at));
}

void trained_on(Text& text, const TrainingSummary& summary) {
  text.heading("What it was trained on");
  text.line("One row is one event of a journey, with what was known at that moment. Visitors are split by the time of");
  text.line("their first row; no visitor is in two parts. {} rows were left out, because a later part had begun.\n",
            summary.rows_dropped);
  text.line("| part | used for | rows | journeys that exit | others | exits among rows | time (UTC) |");
  text.line("|---|---|---:|---:|---:|---:|---|");
  row_of(text, "fit", summary.is_imported ? "training, elsewhere" : "training", summary.fit);
  row_of(text, "validation",
         summary.is_imported ? "calibration" : "parameters, number of trees, calibration; then training too",
         summary.validation);
  row_of(text, "test", "the figures below, once", summary.test);
}

void imported_how(Text& text, const Trained& trained) {
  const TrainingSummary& summary = trained.summary;
  text.line(
      "- Imported: {} trees over {} columns, written by xgboost {}. Which rows trained them nobody here can tell:",
      summary.trees, trained.columns.size(), summary.xgboost_version);
  text.line("  the calibration holds if rows from {} on did not, the figures if rows from {} on had no part at all",
            utc(summary.validation_from), utc(summary.test_from));
}

void grown_how(Text& text, const Trained& trained) {
  const TrainingSummary& summary = trained.summary;
  text.line("- Gradient-boosted trees: {} of them, by xgboost {}, seed {}", summary.trees, summary.xgboost_version,
            summary.seed);
  text.line("- {}", text_of(summary.settings));
  text.line("- {} settings were tried{}", summary.trials.size(),
            summary.settings == summary.trials.front().settings ? "; none was clearly better than the defaults" : "");
  text.line("- {} columns, {} of them categories encoded by their share of exits, out of fold", trained.columns.size(),
            trained.encodings.size());
}

void trained_how(Text& text, const Trained& trained) {
  const TrainingSummary& summary = trained.summary;
  text.heading("How");
  summary.is_imported ? imported_how(text, trained) : grown_how(text, trained);
  text.line("- Calibration: {}, moved by {:.3f} log odds for the most recent rows", summary.calibration,
            summary.recent_shift);
  for (const DroppedColumn& column : summary.columns_dropped) {
    if (column.why == DroppedColumn::Why::kElsewhere)
      text.line("- Left out: `{}` has nearly nothing in common with its earlier values", column.name);
    else if (column.why == DroppedColumn::Why::kConstant)
      text.line("- Left out: `{}` is constant", column.name);
    else
      text.line("- Left out: `{}` is the same as `{}`", column.name, column.same_as);
  }
}

void figures(Text& text, const Report& report) {
  text.heading("How good it is");
  text.line(
      "On {} rows of {} journeys by {} visitors, all later than those it was trained on. In brackets: 95 % interval,",
      report.rows, report.journeys, report.visitors);
  text.line("resampled by visitor.\n");
  text.line("| figure | value |");
  text.line("|---|---|");
  text.line("| exits among rows (base rate) | {} |", percent(report.base_rate));
  text.line("| mean probability given | {} |", percent(report.mean_probability));
  text.line("| AUC | {} |", with_interval(report.auc));
  text.line("| AUC at each length of journey, averaged | {} |", decimal(report.prefix_weighted_auc));
  text.line("| average precision | {} |", with_interval(report.average_precision));
  text.line("| log loss | {} |", with_interval(report.log_loss));
  text.line("| Brier score | {} |", with_interval(report.brier));
  text.line("| Brier skill over the base rate | {} |", with_interval(report.brier_skill));
  text.line("| expected calibration error | {} |", with_interval(report.ece));
  text.line("| accuracy at 50 % | {} (always the majority: {}) |", percent(report.accuracy),
            percent(report.majority_accuracy));
  text.line("| balanced accuracy at 50 % | {} |", percent(report.balanced_accuracy));
  text.line("\nWith an alert for {} of rows (asked for: {}; from a probability of {} on):\n",
            percent(report.alert_share), percent(report.alert_rate), percent(report.alert_probability));
  text.line("- {} of alerts were exits", with_interval(report.alert_precision));
  text.line("- {} of the rows that were to exit were alerted, and {} of the journeys", percent(report.alert_recall),
            percent(report.alert_journeys_recall));
  text.line("- events left at the first alert, median: {}",
            std::isnan(report.alert_lead_events) ? "–" : fmt::format("{:g}", report.alert_lead_events));
}

void tables(Text& text, const Report& report) {
  text.heading("Are its probabilities right?");
  text.line("| rows | predicted | observed |");
  text.line("|---:|---:|---:|");
  for (const ReliabilityBin& bin : report.reliability) {
    if (bin.rows > 0) text.line("| {} | {} | {} |", bin.rows, percent(bin.predicted), percent(bin.observed));
  }
  text.heading("By events seen");
  text.line("| events | rows | journeys | exits | AUC | accuracy | log loss | ECE |");
  text.line("|---|---:|---:|---:|---:|---:|---:|---:|");
  for (const PrefixGroup& group : report.prefixes) {
    const std::string events =
        group.to == 0 ? fmt::format("{}+", group.from) : fmt::format("{}–{}", group.from, group.to);
    text.line("| {} | {} | {} | {} | {} | {} | {} | {} |", events, group.rows, group.journeys, percent(group.base_rate),
              decimal(group.auc), percent(group.accuracy), decimal(group.log_loss), decimal(group.ece));
  }
  text.heading("If it keeps silent when unsure");
  text.line("| sure of at least | share of rows | accuracy |");
  text.line("|---:|---:|---:|");
  for (const CoveragePoint& point : report.coverage)
    text.line("| {} | {} | {} |", percent(point.confidence), percent(point.coverage), percent(point.accuracy));
}

void limits(Text& text, const TrainingOptions& options, bool is_imported) {
  text.heading("What it may not be used for");
  text.line(
      "- Decisions with legal or similarly significant effects on a person: credit, insurance, employment, prices.");
  text.line(
      "- Judging people: it foretells a journey's end, not why, nor what would change it. Only a comparison with");
  text.line("  visitors who were left alone tells whether an offer helps.");
  text.line("- Another site, other goals, or events that are recorded otherwise than those it was trained on.");
  text.line("- A time unlike the one it was trained on, without watching drift and calibration.");
  text.heading("Minimum data");
  text.line("At least {} journeys of either outcome in the part that {}; intervals above tell whether the test part is",
            options.labels_min, is_imported ? "calibrates" : "trains");
  text.line("large enough to rely on. Train anew when the base rate or the events change.");
}

}  // namespace

std::string model_card(const std::string& name, const Trained& trained, const TrainingOptions& options) {
  Text text;
  text.line("# Model card: {}\n", name);
  text.line("Gives, after each event of a visitor's journey, the probability that the journey ends without a goal.");
  trained_on(text, trained.summary);
  trained_how(text, trained);
  figures(text, trained.report);
  tables(text, trained.report);
  limits(text, options, trained.summary.is_imported);
  return text.done();
}

}  // namespace handrail::training
