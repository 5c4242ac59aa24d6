// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";
import { artefactPath, modelPath } from "../../api/models";
import type { Card, Model } from "../../api/modelTypes";
import { Facts } from "../../ui/Facts";
import { droppedWords, leftOutWords, partWords, settingsWords } from "./lineageWords";
import { count, dateTime, decimal, percent, size } from "./numbers";
import { useScope } from "./scope";
import { authorWords } from "./words";

function learnedFrom({ labels }: Card): (readonly [string, ReactNode])[] {
  return [
    ["Data window", `${dateTime(labels.from)} to ${dateTime(labels.to)}`],
    [
      "Journeys",
      `${count(labels.journeys)}: ${count(labels.goals)} reached a goal, ${count(labels.exits)} left without`,
    ],
    ["Left out", leftOutWords(labels)],
    ["Held-out visitors", labels.weighted ? `${count(labels.weighted)} stand for helped ones too` : "none"],
  ];
}

function trainedHow({ training }: Card): (readonly [string, ReactNode])[] {
  return [
    ["Fit", partWords(training.fit)],
    ["Validation", partWords(training.validation)],
    ["Test", partWords(training.test)],
    ["Seed", training.seed ?? "not known: trained elsewhere"],
    ["Trees", count(training.trees)],
    ["Settings", settingsWords(training)],
    [
      "Calibration",
      `${training.calibration}, moved by ${decimal(training.recentShift)} log odds for the newest rows`,
    ],
    ["Columns dropped", droppedWords(training)],
    ["xgboost", training.xgboostVersion],
  ];
}

/** Where it comes from, so that somebody could make it again: same events, seed and library give the same bytes. */
export function Lineage({ model, card }: { model: Model; card: Card | null }) {
  const { site, manages } = useScope();
  return (
    <section className="model-card" aria-labelledby="lineage-title">
      <h3 id="lineage-title">Where it comes from</h3>
      <Facts
        among="model-facts"
        facts={[
          ["Registered by", authorWords(model.author)],
          ...(card ? learnedFrom(card) : []),
          ...(card ? trainedHow(card) : []),
          ["Columns", model.features === undefined ? "not known" : count(model.features)],
          [
            "Artefact",
            <span key="artefact">
              <code>{model.hash}</code>, {size(model.bytes)}
            </span>,
          ],
        ]}
      />
      <p className="lineage-links">
        {manages && (
          <a href={artefactPath(site, model.version)} download={`model-${model.version}.hrm`}>
            Download the artefact
          </a>
        )}
        <a href={modelPath(site, model.version)} target="_blank" rel="noreferrer">
          The card as JSON
        </a>
      </p>
      {card && (
        <p className="mute note">
          {percent(card.training.fit.baseRate)} of the rows it was fitted on were of journeys that exit,{" "}
          {percent(card.training.test.baseRate)} of those it was tested on.
        </p>
      )}
    </section>
  );
}
