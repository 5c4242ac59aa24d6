// SPDX-License-Identifier: Apache-2.0
import type { OfferPolicy, ScorePoint } from "../../api/modelTypes";
import { percent } from "./numbers";
import { probabilityAt } from "./scales";

interface Props {
  points: readonly ScorePoint[] | undefined;
  policy: OfferPolicy | undefined;
}

/** From which probability on a model's word may lead to an offer, and what the site allows. */
export function MapWords({ points, policy }: Props) {
  if (!points || !policy) return null;
  const { qualify_risk: bar, qualify_struggle: struggle, offer_budget_permille: budget } = policy;
  const from = probabilityAt(points, bar);
  return (
    <p className="mute">
      {from === undefined
        ? `Its score never reaches ${bar}, so it brings no offers.`
        : `Its score reaches ${bar}, where an offer may be made, from an exit probability of ${percent(from)} on; a struggle of ${struggle} is needed as well.`}{" "}
      The site's budget is {percent(budget / 1000)} of journeys with an offer: the server counts what the map
      comes to and refuses more than a fifth above.
    </p>
  );
}
