// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Whom one writes to: found in the directory, shown with how far they are known, compared by number; and groups of one's own, with
// their members, roles, and what the chat says of each change.
import assert from "node:assert/strict";
import { after, before } from "node:test";

import { DESKTOP, PHONE, calm, fits, inBothThemes, newCity, until } from "./city.js";
import { arrive, button, dialog, go, log, message, open, row, says, story, write } from "./steps.js";
import { word } from "./words.js";

const UNIT = "Verkehrsüberwachung";
const OTHER_UNIT = "Ordnungsdienst";
const MANAGED = "Bezirk 3 Maxvorstadt";
const GROUP = "Sommerfest";
const MONIKA = "Monika Huber";
const JONAS = "Jonas Berger";
const CEM = "Cem Aydin";
const PETRA = "Petra Wimmer";

const step = story(() => city);
let city;
let cem;
let petra;
let monika;
let jonas;

before(async () => {
  city = await newCity({ groups: [{ name: MANAGED, unit: UNIT }] });
  cem = await city.peer(CEM, { unit: UNIT });
  petra = await city.peer(PETRA, { unit: OTHER_UNIT, args: ["--function", "Einsatzleitung"] });
  monika = await arrive(city, MONIKA, { size: PHONE, chat: MANAGED, invite: { unit: UNIT } });
  jonas = await arrive(city, JONAS, { size: DESKTOP, chat: MANAGED, invite: { unit: UNIT } });
});

after(() => city?.stop());

const found = (page, name) => page.locator(".people .person", { hasText: name });
const look = (page) => page.getByRole("searchbox", { name: word("people-find") });
const line = (page, id, values) => log(page).locator(".system-line", { hasText: word(id, values) });

step("people are found by name, unit and function, also those whom this device doesn't know", async () => {
  await go(monika, "/contacts");
  for (const [typed, name] of [
    ["petra", PETRA],
    ["einsatzleitung", PETRA],
    ["ordnungsdienst", PETRA],
    ["ber jon", JONAS],
  ]) {
    await look(monika).fill(typed);
    await found(monika, name).waitFor();
  }
  await look(monika).fill("niemand so");
  await monika.locator(".empty", { hasText: word("people-none-found") }).waitFor();
  await inBothThemes(monika, "people-none");
  await look(monika).fill("petra");
  await found(monika, PETRA).waitFor();
  await inBothThemes(monika, "people-found");
  await fits(monika);
});

step("a person has a page; one writes to them, and they answer", async () => {
  await found(monika, PETRA).click();
  await inBothThemes(monika, "person-unknown");
  await button(monika, "profile-write").click();
  await monika.locator(".composer textarea").waitFor();
  await write(monika, "Hallo Petra, sind Sie morgen da?");
  await petra.reads(MONIKA, "Hallo Petra");
  await petra.send(MONIKA, "Ja, ab acht.");
  await message(monika, "Ja, ab acht.").waitFor();
  await inBothThemes(monika, "direct");
});

step("the same number on both sides makes a person checked, and it can be taken back", async () => {
  await monika.locator(".chat__head-link").click();
  await monika.getByText(word("trust-service-why")).waitFor();
  await inBothThemes(monika, "person");
  await fits(monika);
  await monika.getByRole("link", { name: word("profile-check"), exact: true }).click();
  await monika.locator(".safety__digits").first().waitFor();
  await inBothThemes(monika, "check");
  await fits(monika);
  const digits = (await monika.locator(".safety__digits").first().innerText()).replace(/\D/g, "");
  assert.equal(digits.length, 60);
  await petra.run("verify", MONIKA, "--number", digits);
  await button(monika, "check-compare").click();
  await inBothThemes(monika, "check-compare");
  await button(dialog(monika), "check-yes").click();
  await says(monika, word("check-done"));
  await button(monika, "check-take-back").waitFor();
  await inBothThemes(monika, "checked");
  await button(monika, "check-take-back").click();
  await says(monika, word("check-taken-back"));
  await button(monika, "check-compare").click();
  await button(dialog(monika), "check-no").click();
  await monika.getByText(word("check-differs")).waitFor();
  await inBothThemes(monika, "check-differs");
});

step("a private group is made, with those one picks", async () => {
  await go(monika, "/new/group");
  const create = (count) => button(monika, "new-group-create", { count });
  await create(0).click();
  await monika.getByText(word("group-name-missing")).waitFor();
  await monika.getByLabel(word("group-name"), { exact: true }).fill(GROUP);
  await found(monika, JONAS).click();
  await found(monika, CEM).click();
  await inBothThemes(monika, "group-new");
  await fits(monika);
  await create(2).click();
  await monika.locator(".chat__head-link", { hasText: GROUP }).waitFor();
  await write(monika, "Wer bringt Kuchen?");
  await row(jonas, GROUP).first().waitFor({ timeout: 60_000 });
  await open(jonas, GROUP);
  await message(jonas, "Wer bringt Kuchen?").waitFor();
  await cem.reads(GROUP, "Wer bringt Kuchen?");
});

const info = async (page) => {
  await button(page.locator(".bar--chat"), "chat-menu").click();
  await dialog(page).getByRole("button", { name: word("group-info") }).click();
  await page.locator(".info__head").waitFor();
};

step("whoever manages it adds somebody; the chat says so, and the new one reads what comes", async () => {
  await info(monika);
  await monika.getByText(word("info-private-by", { names: word("you") })).waitFor();
  await inBothThemes(monika, "group-info");
  await fits(monika);
  await button(monika, "info-add").click();
  await button(monika, "info-add-count", { count: 0 }).click();
  await monika.getByText(word("info-add-missing")).waitFor();
  await found(monika, PETRA).click();
  await inBothThemes(monika, "group-add");
  await button(monika, "info-add-count", { count: 1 }).click();
  await monika.locator(".member", { hasText: PETRA }).waitFor({ timeout: 30_000 });
  await inBothThemes(monika, "members");
  await line(jonas, "line-added", { names: PETRA, count: 1 }).waitFor();
  await jonas.locator(".composer textarea").fill("Willkommen!");
  await jonas.locator(".composer__send").click();
  await petra.reads(GROUP, "Willkommen!");
});

step("a role is given, and whoever has it may change the group", async () => {
  await monika.getByRole("button", { name: word("member-menu", { name: JONAS }) }).click();
  await inBothThemes(monika, "member-menu");
  await button(dialog(monika), "role-set-manage").click();
  await says(monika, word("role-changed", { name: JONAS }));
  await info(jonas);
  await jonas.getByRole("button", { name: word("info-edit") }).click({ timeout: 30_000 });
  await jonas.getByLabel(word("group-name"), { exact: true }).fill("Sommerfest 2027");
  await inBothThemes(jonas, "group-edit");
  await button(jonas, "save").click();
  await line(jonas, "line-renamed", { name: "Sommerfest 2027" }).waitFor();
  await row(jonas, "Sommerfest 2027").first().waitFor();
});

step("somebody is taken out: the chat says so, and they read nothing more", async () => {
  await monika.getByRole("button", { name: word("member-menu", { name: CEM }) }).click();
  await button(dialog(monika), "member-remove").click();
  await dialog(monika).getByText(word("member-remove-then")).waitFor();
  await inBothThemes(monika, "member-remove");
  await button(dialog(monika), "member-remove").click();
  await line(jonas, "line-removed", { names: CEM, count: 1 }).waitFor();
  await jonas.locator(".composer textarea").fill("Ohne Cem gesagt.");
  await jonas.locator(".composer__send").click();
  await petra.reads("Sommerfest", "Ohne Cem gesagt.");
  assert.ok(!(await cem.run("read", "Sommerfest").catch((error) => `${error.stdout}`)).includes("Ohne Cem gesagt."));
});

step("one leaves, is asked first, and may then delete the chat from this device", async () => {
  await go(monika, "/");
  await row(monika, "Sommerfest 2027").first().click();
  await info(monika);
  await monika.getByRole("button", { name: word("leave") }).click();
  await dialog(monika).getByText(word("leave-then")).waitFor();
  await inBothThemes(monika, "leave");
  await button(dialog(monika), "leave").click();
  await says(monika, word("left"));
  await line(jonas, "line-left", { name: MONIKA }).waitFor();
  await row(monika, "Sommerfest 2027").first().click();
  await monika.locator(".composer__no").waitFor();
  await inBothThemes(monika, "left");
  await info(monika);
  await monika.getByRole("button", { name: word("forget") }).click();
  await button(dialog(monika), "forget").click();
  await says(monika, word("forgotten"));
  await until("it is gone", async () => (await row(monika, "Sommerfest 2027").count()) === 0);
});

step("a managed group says who manages it, and nobody leaves it by themselves", async () => {
  await open(monika, MANAGED);
  await info(monika);
  await monika.getByText(word("info-managed", { name: "Kreisverwaltungsreferat" })).waitFor();
  await monika.getByText(word("leave-managed")).waitFor();
  assert.equal(await monika.getByRole("button", { name: word("leave"), exact: true }).count(), 0);
  await button(monika, "info-check").click();
  await monika.getByText(word("group-check-all")).waitFor();
  await inBothThemes(monika, "group-check");
  await go(jonas, "/");
  await open(jonas, MANAGED);
  await button(jonas, "group-info").click();
  await jonas.getByText(word("info-managed", { name: "Kreisverwaltungsreferat" })).waitFor();
  await inBothThemes(jonas, "group-info");
});

step("nothing broke on the way", () => {
  calm(monika);
  calm(jonas);
});
