// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// The moment the app is there for: an alarm that fills the screen until it is confirmed, the sender who sees by name whom it
// reached; besides it messages that ask for a confirmation, and channels where few write and all read.
import assert from "node:assert/strict";
import { after, before } from "node:test";

import { DESKTOP, PHONE, calm, fits, inBothThemes, newCity, shot, until } from "./city.js";
import { add, arrive, button, dialog, field, go, message, open, received, row, story, write } from "./steps.js";
import { word } from "./words.js";

const UNIT = "Verkehrsüberwachung";
const GROUP = "Bezirk 3 Maxvorstadt";
const CHANNEL = "Dienstanweisungen";
const MONIKA = "Monika Huber";
const JONAS = "Jonas Berger";
const STORM = "Unwetter! Sofort Schutz suchen.";

const step = story(() => city);
let city;
let cem;
let petra;
let monika;
let jonas;

before(async () => {
  city = await newCity({ groups: [{ name: GROUP, unit: UNIT }] });
  cem = await city.peer("Cem Aydin", { unit: UNIT });
  petra = await city.peer("Petra Wimmer", { unit: UNIT });
  monika = await arrive(city, MONIKA, { size: DESKTOP, chat: GROUP, invite: { unit: UNIT } });
  jonas = await arrive(city, JONAS, { size: PHONE, chat: GROUP, invite: { unit: UNIT } });
  await open(monika, GROUP);
  const members = async () => (await cem.run("members", GROUP).catch(() => "")) + (await petra.run("members", GROUP).catch(() => ""));
  await until("all are in the group", async () => (await members()).split(JONAS).length > 2);
  await write(monika, "Dienstbeginn.");
  await petra.reads(GROUP, "Dienstbeginn.");
  await row(jonas, "Dienstbeginn.").first().waitFor();
});

after(() => city?.stop());

const screen = (page) => page.locator("dialog.alarm[open]");
const reach = (page) => page.locator(".reach");
const tab = (page, id) => reach(page).locator(".reach__word", { hasText: new RegExp(`^${word(id)}`) }).locator("..");

/** The sheet of who has a message shows so many, by name. */
async function shows(page, id, names) {
  await tab(page, id).locator(".reach__number", { hasText: String(names.length) }).waitFor({ timeout: 30_000 });
  await tab(page, id).click();
  for (const name of names) await reach(page).locator(".reach__person", { hasText: name }).waitFor();
}

step("an alarm is written, its consequence said, and only then it goes", async () => {
  await add(monika, "alarm-raise");
  await button(dialog(monika), "alarm-next").click();
  await dialog(monika).getByText(word("alarm-text-missing")).waitFor();
  await button(dialog(monika), "urgency-emergency").click();
  await dialog(monika).getByLabel(word("alarm-text")).fill(STORM);
  await inBothThemes(monika, "alarm-new");
  await button(dialog(monika), "alarm-next").click();
  await dialog(monika).getByText(word("alarm-goes-all", { count: 3 })).waitFor();
  await inBothThemes(monika, "alarm-sure");
  await button(dialog(monika), "alarm-raise").click();
  await message(monika, STORM).waitFor();
});

step("it fills the screen elsewhere, and neither Escape nor a stray Enter ends it", async () => {
  await screen(jonas).locator("#alarm-title", { hasText: "Sofort Schutz suchen" }).waitFor();
  await screen(jonas).locator(".alarm__from", { hasText: MONIKA }).waitFor();
  await inBothThemes(jonas, "alarm");
  await fits(jonas);
  await jonas.setViewportSize(DESKTOP);
  await inBothThemes(jonas, "alarm");
  await jonas.setViewportSize(PHONE);
  for (const key of ["Escape", "Escape", "Enter"]) await jonas.keyboard.press(key);
  assert.equal(await jonas.evaluate(() => document.activeElement?.id), "alarm-title");
  await screen(jonas).waitFor();
  await button(screen(jonas), "alarm-sound-off").click();
  await button(screen(jonas), "alarm-sound-on").waitFor();
});

step("the sender sees by name, live, whom it reached and who confirmed", async () => {
  await button(message(monika, STORM), "who-confirmed").click();
  await shows(monika, "reach-reached", [JONAS]);
  await shows(monika, "reach-missing", ["Cem Aydin", "Petra Wimmer"]);
  await inBothThemes(monika, "reach");
  await received(cem, GROUP, STORM);
  await cem.run("confirm");
  await shows(monika, "reach-confirmed", ["Cem Aydin"]);
  await button(screen(jonas), "alarm-confirm").click();
  await jonas.getByText(word("alarm-confirmed-then")).waitFor();
  await inBothThemes(jonas, "alarm-confirmed");
  await shows(monika, "reach-confirmed", ["Cem Aydin", JONAS]);
  await reach(monika).getByText(word("reach-sum", { done: 2, of: 3 })).waitFor();
  await screen(jonas).waitFor({ state: "hidden" });
});

step("those whom it did not reach are called again, each for themselves", async () => {
  await button(reach(monika), "reach-call", { count: 1 }).click();
  await inBothThemes(monika, "call-again");
  await button(reach(monika), "reach-call-now", { count: 1 }).click();
  await monika.locator(".toast", { hasText: word("reach-called", { count: 1 }) }).waitFor();
  await petra.reads(MONIKA, STORM);
  await petra.run("read", GROUP);
  const mine = await received(petra, GROUP, STORM);
  await petra.run("confirm", mine.id);
  await shows(monika, "reach-confirmed", ["Cem Aydin", JONAS, "Petra Wimmer"]);
  await button(dialog(monika), "close").click();
});

step("an alarm from the command line fills the screen; help is asked for with one press", async () => {
  await cem.run("alarm", GROUP, "Angriff am Marienplatz", "--urgency", "emergency");
  await screen(jonas).locator("#alarm-title", { hasText: "Angriff am Marienplatz" }).waitFor();
  await screen(monika).locator("#alarm-title", { hasText: "Angriff am Marienplatz" }).waitFor();
  await inBothThemes(monika, "alarm-desktop");
  await button(screen(monika), "alarm-confirm").click();
  await button(screen(monika), "alarm-go-on").click();
  await button(screen(jonas), "alarm-help").click();
  await message(jonas, word("alarm-help-note")).locator(".quote", { hasText: "Angriff am Marienplatz" }).waitFor();
  await message(monika, word("alarm-help-note")).locator(".quote", { hasText: "Angriff am Marienplatz" }).waitFor();
  await inBothThemes(jonas, "alarm-in-chat");
  await cem.reads(GROUP, word("alarm-help-note"));
});

step("who asks for help when confirming is told to the sender, also in the view over the whole desk", async () => {
  const flood = "Hochwasser an der Isar. Ufer räumen.";
  await add(monika, "alarm-raise");
  await button(dialog(monika), "urgency-emergency").click();
  await dialog(monika).getByLabel(word("alarm-text")).fill(flood);
  await button(dialog(monika), "alarm-next").click();
  await button(dialog(monika), "alarm-raise").click();
  await message(monika, flood).waitFor();
  await screen(jonas).locator("#alarm-title", { hasText: "Hochwasser an der Isar" }).waitFor();
  await button(screen(jonas), "alarm-help").click();
  await message(jonas, word("alarm-help-note")).locator(".quote", { hasText: "Hochwasser" }).waitFor();
  await button(message(monika, flood), "who-confirmed").click();
  await shows(monika, "reach-confirmed", [JONAS]);
  await reach(monika).locator(".reach__person", { hasText: JONAS }).locator(".reach__note", { hasText: word("alarm-help-note") }).waitFor();
  await inBothThemes(monika, "reach-help");

  await dialog(monika).getByRole("link", { name: word("alarms-all") }).click();
  await monika.locator(".alarms__title", { hasText: "Hochwasser an der Isar" }).waitFor();
  await monika.locator(".alarms__help", { hasText: JONAS }).getByText(word("alarms-help", { count: 1 })).waitFor();
  const card = (id) => monika.locator(".alarms__card", { hasText: word(id) });
  await card("reach-missing").locator("b", { hasText: "2" }).waitFor();
  await monika.locator(".alarms__table tr", { hasText: "Cem Aydin" }).getByText(UNIT).waitFor();
  await monika.locator(".alarms__unit", { hasText: UNIT }).getByText(word("alarms-of", { done: 1, of: 3 })).waitFor();
  await inBothThemes(monika, "alarms");
  await fits(monika);
  await received(cem, GROUP, flood);
  await card("alarms-reached").locator("b", { hasText: "1" }).waitFor({ timeout: 30_000 });
  await card("alarms-reached").click();
  await monika.locator(".alarms__table tr", { hasText: "Cem Aydin" }).waitFor();
  await button(monika, "reach-call", { count: 1 }).waitFor();
  await monika.setViewportSize(PHONE);
  await inBothThemes(monika, "alarms");
  await fits(monika);
  await monika.setViewportSize(DESKTOP);
  // Those who were called again, each for themselves, got no alarm of the desk.
  assert.equal(await monika.locator(".alarms__pick").count(), 2);
  await monika.locator(".alarms__pick", { hasText: "Unwetter" }).click();
  await monika.locator(".alarms__title", { hasText: "Unwetter" }).waitFor();
  await card("reach-confirmed").locator("b", { hasText: "3" }).waitFor();
  await monika.getByRole("link", { name: word("alarms-chat") }).click();
  await message(monika, STORM).waitFor();
});

step("the wide view opens the alarm that one comes from, and says while it reads or cannot", async () => {
  await button(message(monika, STORM), "who-confirmed").click();
  await dialog(monika).getByRole("link", { name: word("alarms-all") }).click();
  await monika.locator(".alarms__title", { hasText: "Unwetter" }).waitFor();
  await go(monika, "/");
  const becomes = (post) =>
    monika.evaluate((post) => {
      globalThis.posts ??= Worker.prototype.postMessage;
      const broken = () => {
        throw new Error("no worker");
      };
      Worker.prototype.postMessage = { nothing: () => {}, broken, own: globalThis.posts }[post];
    }, post);
  await becomes("nothing");
  await go(monika, "/alarms");
  await monika.locator(".alarms [aria-busy] .skeleton").first().waitFor();
  await becomes("own");
  await go(monika, "/");
  await becomes("broken");
  await go(monika, "/alarms");
  await monika.locator(".alarms").getByRole("alert").getByText(word("failure-internal")).waitFor();
  await becomes("own");
  await inBothThemes(monika, "alarms-failed");
  await button(monika.locator(".alarms"), "try-again").click();
  await monika.locator(".alarms__title", { hasText: "Hochwasser an der Isar" }).waitFor();
  await go(monika, "/");
  await open(monika, GROUP);
});

step("the all-clear ends an alarm for everybody, whoever looked at it hears so, and its list goes onto paper", async () => {
  const gas = "Gasgeruch am Stachus. Sperren Sie die Kreuzung.";
  await add(monika, "alarm-raise");
  await dialog(monika).getByLabel(word("alarm-text")).fill(gas);
  await button(dialog(monika), "alarm-next").click();
  await button(dialog(monika), "alarm-raise").click();
  await screen(jonas).locator("#alarm-title", { hasText: "Gasgeruch" }).waitFor();
  await button(message(monika, gas), "who-confirmed").click();
  await button(reach(monika), "alarm-clear").click();
  await inBothThemes(monika, "all-clear");
  await button(reach(monika), "alarm-clear").last().click();
  await reach(monika).getByText(word("alarm-cleared")).waitFor();
  assert.equal(await reach(monika).getByRole("button", { name: /rufen/ }).count(), 0, "nobody is called again to what is over");
  await screen(jonas).waitFor({ state: "hidden" });
  await jonas.locator(".toast", { hasText: word("alarm-over-said", { name: MONIKA }) }).waitFor();
  const card = message(jonas, "Gasgeruch");
  await card.locator(".card-head--over", { hasText: word("alarm-over") }).waitFor();
  assert.equal(await button(card, "message-confirm").count(), 0, "nobody has to confirm it any more");
  await inBothThemes(jonas, "all-clear-in-chat");

  await dialog(monika).getByRole("link", { name: word("alarms-all") }).click();
  await monika.getByText(word("alarm-cleared")).waitFor();
  await monika.getByRole("heading", { name: word("alarms-course") }).waitFor();
  await monika.locator(".alarms__pick", { hasText: "Hochwasser" }).first().click();
  await monika.locator(".alarms__course").waitFor();
  await inBothThemes(monika, "alarms-course");
  await fits(monika);
  await monika.emulateMedia({ media: "print" });
  await monika.locator(".alarms__table").first().waitFor();
  assert.equal(await button(monika, "alarms-print").isVisible(), false);
  await shot(monika, "alarms-paper");
  await monika.emulateMedia({ media: "screen" });
  await monika.getByRole("link", { name: word("alarms-chat") }).click();
});

step("a message asks for a confirmation by a time, and counts", async () => {
  const said = "Einsatzbesprechung um 14 Uhr, Raum 12.";
  await button(monika, "composer-add").click();
  await dialog(monika).getByRole("switch", { name: word("ask-confirmation") }).click();
  await button(dialog(monika), "span-minutes", { count: 15 }).click();
  await inBothThemes(monika, "ask-confirmation");
  await button(dialog(monika), "ask-confirmation-set").click();
  await write(monika, said);
  const card = message(jonas, said);
  await card.getByText(word("minutes-left", { count: 15 })).waitFor();
  await card.getByText(word("confirmed-of", { count: 0, of: 3 })).waitFor();
  await inBothThemes(jonas, "confirmation");
  await fits(jonas);
  await button(card, "message-confirm").click();
  await card.locator(".confirmed").waitFor();
  await inBothThemes(jonas, "confirmation-given");
  await message(monika, said).getByText(word("confirmed-of", { count: 1, of: 3 })).waitFor();
  const there = await received(cem, GROUP, said);
  await cem.run("confirm", there.id);
  await message(monika, said).getByText(word("confirmed-of", { count: 2, of: 3 })).waitFor();
  await button(message(monika, said), "who-confirmed").click();
  await shows(monika, "reach-confirmed", ["Cem Aydin", JONAS]);
  await button(dialog(monika), "close").click();
});

step("in a channel one reads, and who may publish writes", async () => {
  await city.admin("groups", "create", CHANNEL, "--channel", "--unit", UNIT, "--publisher", MONIKA);
  await go(monika, "/");
  await go(jonas, "/");
  await button(jonas, "filter-channels").click();
  for (const page of [monika, jonas]) await row(page, CHANNEL).getByText(word("chat-no-messages")).waitFor({ timeout: 60_000 });
  await open(monika, CHANNEL);
  const said = "Neue Dienstkleidung ab Montag.";
  await write(monika, said);
  await row(jonas, CHANNEL).getByText(said).waitFor({ timeout: 60_000 });
  await inBothThemes(jonas, "channels");
  await row(jonas, CHANNEL).click();
  await message(jonas, said).waitFor();
  await jonas.getByText(word("composer-channel")).waitFor();
  assert.equal(await field(jonas).count(), 0);
  await inBothThemes(jonas, "channel");
  await fits(jonas);
});

step("nothing broke on the way", async () => {
  calm(monika);
  calm(jonas);
});
