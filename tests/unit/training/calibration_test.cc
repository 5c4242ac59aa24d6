// SPDX-License-Identifier: Apache-2.0
#include "training/calibration.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/vectors.h"
#include "training/logistic.h"
#include "training/random.h"

using namespace handrail;
using namespace handrail::training;
namespace json = boost::json;

namespace {

// Margins from -3 to 3 whose true log odds are slope times margin plus `intercept`; the later half's, plus `later`.
CalibrationRows rows_of(std::size_t count, double slope, double intercept, double later = 0) {
  CalibrationRows rows;
  Random random(3);
  const auto unit = [&] { return static_cast<double>(random.below(1'000'000)) / 1e6; };
  for (std::size_t i = 0; i < count; ++i) {
    CalibrationRow row;
    row.margin = 6 * unit() - 3;
    const double odds = slope * row.margin + intercept + (i >= count / 2 ? later : 0);
    row.label = unit() < sigmoid(odds) ? 1 : 0;
    row.visitor = i;
    row.at = static_cast<UnixMillis>(i);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

TEST_CASE("Platt, beta and isotonic are scikit-learn's") {
  const json::value vectors = test::vectors_in(std::string(HANDRAIL_TEST_VECTORS) + "/training.json");
  const json::value& v = vectors.at("calibrations");
  const auto numbers = [&](const char* name) { return json::value_to<std::vector<double>>(v.at(name)); };
  const auto margins = numbers("margins"), weights = numbers("weights"), labels = numbers("labels"), at = numbers("at");
  CalibrationRows rows;
  for (std::size_t i = 0; i < margins.size(); ++i) rows.push_back({margins[i], labels[i], weights[i], i, 0});
  for (const auto& [name, kind] : {std::pair{"platt", CalibrationKind::kPlatt},
                                   {"beta", CalibrationKind::kBeta},
                                   {"isotonic", CalibrationKind::kIsotonic}}) {
    const Calibration fitted = Calibration::fitted(kind, rows);
    const auto expected = numbers(name);
    for (std::size_t i = 0; i < at.size(); ++i) {
      CAPTURE(name);
      CAPTURE(at[i]);
      CHECK(fitted.at(at[i]) == doctest::Approx(std::clamp(expected[i], 0.001, 0.999)).epsilon(1e-4));
    }
  }
}

TEST_CASE("margins that are right already stay nearly what they are") {
  const Calibration chosen = chosen_calibration(rows_of(4'000, 1, 0), 1);
  for (const double margin : {-2.0, 0.0, 1.0, 2.5}) CHECK(std::abs(chosen.at(margin) - sigmoid(margin)) < 0.02);
  CHECK(chosen.kind() != CalibrationKind::kIsotonic);
}

TEST_CASE("margins that lean one way are moved, and stretched ones are pressed") {
  CHECK(chosen_calibration(rows_of(4'000, 1, -0.8), 1).kind() == CalibrationKind::kShift);
  const Calibration stretched = chosen_calibration(rows_of(4'000, 0.4, 0), 1);
  CHECK(stretched.kind() == CalibrationKind::kPlatt);
  CHECK(stretched.at(2) == doctest::Approx(sigmoid(0.8)).epsilon(0.05));
}

TEST_CASE("margins in a narrow band, where beta's two slopes are nearly one, do not throw a fit off") {
  CalibrationRows rows = rows_of(1'500, 1, 0);
  for (auto& row : rows) row.margin = 1.9 + 0.05 * row.margin;
  double exits = 0;
  for (const auto& row : rows) exits += row.label / static_cast<double>(rows.size());
  for (const auto kind : {CalibrationKind::kPlatt, CalibrationKind::kBeta}) {
    CAPTURE(name_of(kind));
    const Calibration fitted = Calibration::fitted(kind, rows);
    double mean = 0;
    for (const auto& row : rows) mean += fitted.at(row.margin) / static_cast<double>(rows.size());
    CHECK(mean == doctest::Approx(exits).epsilon(0.02));
  }
}

TEST_CASE("margins are not stretched far, since another model's lie a little elsewhere") {
  const Calibration chosen = chosen_calibration(rows_of(4'000, 4, -1), 1);
  CHECK(chosen.kind() == CalibrationKind::kShift);
  CHECK(chosen_calibration(rows_of(4'000, 1.3, 0), 1).kind() == CalibrationKind::kPlatt);
}

TEST_CASE("labels that fall where margins rise make a flat calibration, not a falling one") {
  const CalibrationRows rows = rows_of(2'000, -1, 0);
  for (const auto kind : {CalibrationKind::kPlatt, CalibrationKind::kBeta, CalibrationKind::kIsotonic}) {
    CAPTURE(name_of(kind));
    const Calibration fitted = Calibration::fitted(kind, rows);
    CHECK(fitted.at(-2) <= fitted.at(2) + 1e-9);
    CHECK(fitted.at(0) == doctest::Approx(0.5).epsilon(0.1));
  }
}

TEST_CASE("classes that are apart do not run away") {
  CalibrationRows rows;
  for (std::size_t i = 0; i < 40; ++i) rows.push_back({i < 20 ? -1.0 : 1.0, i < 20 ? 0.0 : 1.0, 1, i, 0});
  for (const auto kind : {CalibrationKind::kShift, CalibrationKind::kPlatt, CalibrationKind::kBeta}) {
    const Calibration fitted = Calibration::fitted(kind, rows);
    CHECK(fitted.at(50) <= 0.999);
    CHECK(fitted.at(-50) >= 0.001);
    CHECK_FALSE(std::isnan(fitted.at(0)));
  }
}

TEST_CASE("a share of exits that moved is followed, one that did not is not") {
  const Calibration none;
  CHECK(recent_shift(none, rows_of(8'000, 1, 0)) == 0);
  const double shift = recent_shift(none, rows_of(8'000, 1, 0, 1.0));
  CHECK(shift == doctest::Approx(1).epsilon(0.2));
  CHECK(recent_shift(none, rows_of(300, 1, 0, 1.0)) == 0);  // too few rows to tell
}

TEST_CASE("a staircase rises in both, stays within bounds and is near the calibration") {
  Calibration calibration = Calibration::fitted(CalibrationKind::kPlatt, rows_of(4'000, 2, 0.3));
  calibration.move(0.2);
  const auto steps = staircase_of(calibration, -6, 6);
  REQUIRE(steps.size() > 500);
  CHECK(steps.size() <= kMarginStepsMax);
  for (std::size_t i = 1; i < steps.size(); ++i) {
    REQUIRE(steps[i].margin > steps[i - 1].margin);
    REQUIRE(steps[i].probability > steps[i - 1].probability);
  }
  CHECK(steps.front().probability >= 65);
  CHECK(steps.back().probability <= 65'471);
  for (const float margin : {-2.5F, -0.3F, 0.0F, 1.7F}) {
    const double given = core::probability_at(steps, margin) / 65'536.0;
    CHECK(given == doctest::Approx(calibration.at(static_cast<double>(margin))).epsilon(0.02));
  }
}
