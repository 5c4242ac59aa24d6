// SPDX-License-Identifier: Apache-2.0
// What a visitor's answer to an offer means for the next one.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { launchBrowser, offered, openBank, popup, reachGoal, startServer, struggle, until, visit } from "./support.mjs";

let browser;
let strict;
let lenient;
let visitor;

before(async () => {
  [browser, strict, lenient] = await Promise.all([
    launchBrowser(),
    startServer(),
    startServer("--policy.cooldown_s", "0", "--policy.offers_per_session", "100"),
  ]);
});
after(async () => {
  await browser?.close();
  await strict?.stop();
  await lenient?.stop();
});
afterEach(async () => visitor?.leave());

/** A new struggle after an answered offer; returns what was decided then. */
async function struggleAgain() {
  const { length } = await visitor.list("decisions");
  await reachGoal(visitor);
  await struggle(visitor.page);
  return until(async () => {
    const decisions = await visitor.list("decisions");
    return decisions.length > length && decisions[0];
  }, "another decision");
}

const rejecting = ({ gates }) => gates.filter(({ verdict }) => verdict === "reject").map(({ gate, detail }) => `${gate}: ${detail}`);

async function answerOffer(server, button) {
  visitor = await visit(browser, server);
  await struggle(visitor.page);
  await offered(visitor.page);
  await popup(visitor.page).getByRole("button", { name: button, exact: true }).click();
  await popup(visitor.page).waitFor({ state: "hidden" });
}

async function assertNotOffered(decision) {
  assert.equal(decision.outcome, "none");
  assert.equal(await popup(visitor.page).isVisible(), false);
  assert.equal((await visitor.list("interventions")).length, 1);
}

test("an offer closed by the visitor does not come back, not even after a reload", async () => {
  await answerOffer(strict, "Close");
  await visitor.intervention("dismissed");
  await visitor.page.reload();
  await visitor.page.waitForFunction(() => window.handrail?.ids);
  const decision = await struggleAgain();
  assert.deepEqual(rejecting(decision).map((line) => line.split(":")[0]), ["cooldown", "declined"]);
  await assertNotOffered(decision);
});

test("Escape closes an offer as a dismissal", async () => {
  visitor = await visit(browser, strict);
  await visitor.page.getByLabel("Term").focus();
  await struggle(visitor.page);
  await offered(visitor.page);
  await visitor.page.keyboard.press("Escape");
  await popup(visitor.page).waitFor({ state: "hidden" });
  await visitor.intervention("dismissed");
  assert.equal(await visitor.page.evaluate(() => document.activeElement.id), "loan-term");
});

test("Maybe later puts offers off for half an hour", async () => {
  await answerOffer(lenient, "Maybe later");
  await visitor.intervention("snoozed");
  const decision = await struggleAgain();
  const [why, ...others] = rejecting(decision);
  assert.match(why, /^snoozed: "Maybe later": /);
  assert.deepEqual(others, []);
  await assertNotOffered(decision);
});

test("Don't show again holds for good", async () => {
  await answerOffer(lenient, "Don't show again");
  await visitor.intervention("dismissed");
  const declined = async () => rejecting(await struggleAgain()).includes(`declined: "Don't show again"`);
  // The wish counts once it can no longer turn out to be an acceptance, which takes 10 s.
  await until(declined, "the wish to be remembered", 20_000);
  const [decision] = await visitor.list("decisions");
  await assertNotOffered(decision);
});

test("of two tabs only one shows the offer, and it is displayed once", async () => {
  visitor = await visit(browser, strict);
  const first = visitor.page;
  const second = await openBank(visitor.context, strict, "savings");
  await struggle(first);
  const shownIn = async () => [await popup(first).isVisible(), await popup(second).isVisible()];
  await until(async () => (await shownIn()).includes(true), "the offer in one tab");
  const offer = await visitor.intervention("displayed");
  assert.equal((await shownIn()).filter(Boolean).length, 1);
  // Answering it where it is shows that it was the only one.
  const shown = (await popup(first).isVisible()) ? first : second;
  await popup(shown).getByRole("button", { name: "Maybe later" }).click();
  await visitor.intervention("snoozed");
  assert.deepEqual(await shownIn(), [false, false]);
  const answers = (await visitor.list("events")).filter(({ record }) => record === "answer");
  assert.equal(answers.length, 2, "displayed and snoozed");
  const [{ duplicateExposures, id }] = await visitor.list("interventions");
  assert.equal(id, offer.id);
  assert.equal(duplicateExposures ?? 0, 0);
});

test("when the tab that holds the connection closes, another one takes over and shows the offer", async () => {
  visitor = await visit(browser, strict);
  const others = [await openBank(visitor.context, strict, "savings"), await openBank(visitor.context, strict, "help")];
  await visitor.page.close();
  await struggle(others[0]);
  await until(async () => (await popup(others[0]).isVisible()) || (await popup(others[1]).isVisible()), "the offer");
  await visitor.intervention("displayed");
});
