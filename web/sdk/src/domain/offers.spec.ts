// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createFakeClock } from "../../test/emulate/clock";
import type { Offer, OfferAnswer } from "./offer";
import { createOffers } from "./offers";

const OFFER: Offer = { interventionId: "i1", strings: {}, expiresAt: 0 };

function setUp(over: { isVisible?: boolean; hasFocus?: boolean; canShow?: boolean; isFree?: boolean } = {}) {
  const { isVisible = true, hasFocus = true, canShow = true, isFree = true } = over;
  const clock = createFakeClock();
  const reports: unknown[] = [];
  const said: unknown[] = [];
  const shown: Offer["strings"][] = [];
  let answer: ((answer: OfferAnswer, body: object) => void) | undefined;
  let isDialogOpen = false;
  const offers = createOffers({
    clock,
    tab: "t1",
    page: () => ({ ageMs: 9_000, sinceKeyMs: 9_000, isDialogOpen, isFrameFocused: false, isVisible }),
    isPaused: () => false,
    hasFocus: () => hasFocus,
    serverNow: () => clock.now(),
    report: (_id, name, body) => reports.push([name, body]),
    claim: async () => (isFree ? () => {} : undefined),
    async show(offer, onAnswer) {
      shown.push(offer.strings);
      answer = onAnswer;
      return canShow;
    },
    say: (message) => said.push(message.say),
    emit: () => {},
  });
  const receive = (offer: Partial<Offer> = {}) =>
    offers.receive({ ...OFFER, expiresAt: clock.now() + 120_000, ...offer });
  const setDialog = (open: boolean) => {
    isDialogOpen = open;
  };
  return {
    clock,
    offers,
    receive,
    reports,
    said,
    shown,
    setDialog,
    answer: (name: OfferAnswer) => answer?.(name, {}),
  };
}

test("a shown offer is reported, and its answer once", async () => {
  const { clock, receive, reports, answer, said } = setUp();
  receive();
  await clock.advance(0);
  answer("accepted");
  answer("dismissed");
  expect(reports).toEqual([
    ["displayed", { waitedMs: 0 }],
    ["accepted", {}],
  ]);
  expect(said).toEqual(["shown", "over"]);
});

test("the same offer that comes again changes nothing", async () => {
  const { clock, receive, reports } = setUp();
  receive();
  receive();
  await clock.advance(1_000);
  receive();
  expect(reports).toHaveLength(1);
});

test("words that come while the offer waits are the ones that are shown; later ones are not", async () => {
  const { clock, receive, reports, setDialog, shown } = setUp();
  setDialog(true);
  receive({ strings: { body: "from a template" } });
  await clock.advance(1_000);
  receive({ strings: { body: "in its own words", disclosure: "worded by an AI" } });
  setDialog(false);
  await clock.advance(5_000);
  receive({ strings: { body: "too late" } });
  await clock.advance(5_000);
  expect(shown).toEqual([{ body: "in its own words", disclosure: "worded by an AI" }]);
  expect(reports.map((report) => (report as unknown[])[0])).toEqual(["displayed"]);
});

test("an unfocused tab gives the focused one the chance to show it", async () => {
  const { clock, offers, receive, reports } = setUp({ hasFocus: false });
  receive();
  await clock.advance(100);
  offers.shownElsewhere("i1", "t2");
  await clock.advance(60_000);
  expect(reports).toEqual([]);
});

test("a tab that loses the claim forgets the offer", async () => {
  const { clock, receive, reports, said } = setUp({ isFree: false });
  receive();
  await clock.advance(60_000);
  expect([reports, said]).toEqual([[], []]);
});

test("a retraction before the moment cancels it", async () => {
  const { clock, offers, receive, reports, setDialog } = setUp();
  setDialog(true);
  receive();
  offers.retract("i1");
  setDialog(false);
  await clock.advance(60_000);
  expect(reports).toEqual([]);
});

test("what was in the way for 30 s is reported, by a hidden tab a little later", async () => {
  const blocked = setUp();
  blocked.setDialog(true);
  blocked.receive();
  await blocked.clock.advance(30_000);
  expect(blocked.reports).toEqual([["withheld", { reason: "dialog_open" }]]);
  const hidden = setUp({ isVisible: false });
  hidden.receive();
  await hidden.clock.advance(31_000);
  expect(hidden.reports).toEqual([]);
  await hidden.clock.advance(1_000);
  expect(hidden.reports).toEqual([["withheld", { reason: "hidden" }]]);
});

test("an offer that was displayed before is never withheld", async () => {
  const { clock, receive, reports } = setUp({ isVisible: false });
  receive({ state: "displayed" });
  await clock.advance(60_000);
  expect(reports).toEqual([]);
});

test("an offer that could not be drawn is not reported as displayed", async () => {
  const { clock, receive, reports } = setUp({ canShow: false });
  receive();
  await clock.advance(1_000);
  expect(reports).toEqual([]);
});
