// SPDX-License-Identifier: Apache-2.0
import type { ModelHealth, Report } from "../../api/modelTypes";
import { CalibrationPlot, CalibrationTable, type Series } from "./CalibrationPlot";
import { decimal } from "./numbers";
import { binsOf } from "./scales";
import { judgedMin } from "./words";

function liveWords(health: ModelHealth | undefined): string {
  if (!health) return "";
  if (health.calibrationError !== null) return `Live its ECE is ${decimal(health.calibrationError)}.`;
  return `Live there is none yet: it takes ${judgedMin} journeys whose outcome is known.`;
}

/** Whether a probability means what it says: at the test, and live on journeys whose outcome is known. */
export function Calibration({ test, health }: { test: Report; health: ModelHealth | undefined }) {
  const live = binsOf(health?.reliability);
  const all: Series[] = [
    { name: "At training", bins: binsOf(test.reliability), ece: test.ece.value, unit: "rows" },
    ...(live.length > 0
      ? [{ name: "Live", bins: live, ece: health?.calibrationError ?? null, unit: "journeys" } as const]
      : []),
  ];
  return (
    <section className="model-card" aria-labelledby="calibration-title">
      <h3 id="calibration-title">Does a probability mean what it says?</h3>
      <CalibrationPlot all={all} />
      <p className="mute note">
        Each dot is a group of like predictions, its area their number. Above the line more left than was
        foretold, below it fewer. {live.length === 0 && liveWords(health)}
      </p>
      <CalibrationTable all={all} />
    </section>
  );
}
