// SPDX-License-Identifier: Apache-2.0

/** The part of a model's card that no number tells. */
export function CardNotes() {
  return (
    <section className="model-card" aria-labelledby="card-title">
      <h3 id="card-title">What it is for, and what not</h3>
      <p>
        It gives, after each event of a visitor's journey, the probability that the journey ends without a
        goal.
      </p>
      <p>It may not be used for:</p>
      <ul className="bullets">
        <li>
          decisions with legal or similarly significant effects on a person: credit, insurance, employment,
          prices;
        </li>
        <li>
          judging people: it foretells a journey's end, not why, nor what would change it. Only a comparison
          with visitors who were left alone tells whether an offer helps;
        </li>
        <li>
          another site, other goals, or events that are recorded otherwise than those it was trained on;
        </li>
        <li>a time unlike the one it was trained on, without watching drift and calibration.</li>
      </ul>
    </section>
  );
}
