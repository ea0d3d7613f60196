// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// More than one device, and none any more: linked by a code that is typed or followed, named, removed; back with twelve words; and
// a PIN that doesn't let itself be guessed.
import assert from "node:assert/strict";
import { after, before } from "node:test";

import { DESKTOP, PHONE, PIN, calm, fits, inBothThemes, newCity, ready, unlock, until } from "./city.js";
import { arrive, button, dialog, go, log, message, open, row, says, story, write } from "./steps.js";
import { word } from "./words.js";

const UNIT = "Verkehrsüberwachung";
const GROUP = "Bezirk 3 Maxvorstadt";
const SAID = "Schellingstraße ist frei.";

const step = story(() => city);
let city;
let cem;
let phone;
let desktop;

before(async () => {
  city = await newCity({ groups: [{ name: GROUP, unit: UNIT }] });
  cem = await city.peer("Cem Aydin", { unit: UNIT });
  await until("Cem is in the group", async () => (await cem.run("members", GROUP).catch(() => "")).includes("Cem"));
  phone = await arrive(city, "Monika Huber", { size: PHONE, chat: GROUP, invite: { unit: UNIT } });
  await open(phone, GROUP);
  await write(phone, SAID);
  await cem.reads(GROUP, SAID);
});

after(() => city?.stop());

const pin = (page, id) => page.locator(`input[aria-label="${word(id)}"]`);

/** A fresh browser, as far as its code for another device. */
async function fresh(size, name, { shots = false } = {}) {
  const page = await city.page(size);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await ready(page);
  await page.getByRole("button", { name: new RegExp(word("first-way-link")) }).click();
  await page.locator("#first-device").fill(name);
  if (shots) await inBothThemes(page, "link-name");
  await button(page, "next").click();
  await pin(page, "pin-choose").fill(PIN);
  await pin(page, "pin-again").fill(PIN);
  await page.locator(".link-card__code").waitFor({ timeout: 60_000 });
  return page;
}

/** Linked: its first screen, then the chats. */
async function through(page) {
  await button(page, "done-go").click({ timeout: 60_000 });
  await row(page, GROUP).first().waitFor({ timeout: 60_000 });
}

step("a second browser is linked by the code it shows, and has the history", async () => {
  desktop = await fresh(DESKTOP, "Büro-PC", { shots: true });
  await inBothThemes(desktop, "link-code");
  const code = (await desktop.locator(".link-card__code span").first().innerText()).trim();
  await go(phone, "/devices/link");
  await phone.locator("#link-code").fill("quatsch");
  await button(phone, "next").click();
  await phone.getByText(word("link-code-wrong")).waitFor();
  await phone.locator("#link-code").fill(code);
  await button(phone, "next").click();
  const shown = phone.locator(".link-card__number");
  await shown.waitFor({ timeout: 60_000 });
  await desktop.locator(".link-card__number").waitFor();
  assert.equal(await shown.innerText(), await desktop.locator(".link-card__number").innerText());
  await inBothThemes(phone, "link-compare");
  await inBothThemes(desktop, "link-compare");
  await button(phone, "link-equal").click();
  await phone.getByText(word("link-done")).waitFor({ timeout: 60_000 });
  await inBothThemes(phone, "link-done");
  await through(desktop);
  await open(desktop, GROUP);
  await message(desktop, SAID).waitFor({ timeout: 60_000 });
  await write(desktop, "Jetzt auch vom Büro.");
  await cem.reads(GROUP, "Jetzt auch vom Büro.");
  await go(phone, "/");
  await open(phone, GROUP);
  await message(phone, "Jetzt auch vom Büro.").waitFor();
});

step("the new device lets in a third, which is followed by its link; different numbers let nobody in", async () => {
  const third = await fresh(PHONE, "Tablet");
  await button(third, "link-copy").click();
  const link = await third.evaluate(() => navigator.clipboard.readText());
  assert.ok(link.includes("/link#"), link);
  const asked = async () => {
    await desktop.goto(link);
    await unlock(desktop);
    await desktop.getByText(word("link-asked"), { exact: true }).waitFor();
  };
  await asked();
  await inBothThemes(desktop, "link-asked");
  await fits(desktop);
  await button(desktop, "link-asked-go").click();
  await button(desktop, "link-equal").click({ timeout: 60_000 });
  await through(third);
  await open(third, GROUP);
  await message(third, "Jetzt auch vom Büro.").waitFor({ timeout: 60_000 });
  await third.context().close();
});

step("the devices are listed, one gets a better name, and one is removed", async () => {
  await go(phone, "/devices");
  const device = (name) => phone.locator(".device", { hasText: name });
  await device("Tablet").waitFor();
  await phone.getByText(word("devices-count", { count: 3, of: 10 })).waitFor();
  await inBothThemes(phone, "devices-three");
  await fits(phone);
  const act = async (name, id) => {
    await button(phone, "device-menu", { name }).click();
    await button(dialog(phone), id).click();
  };
  await act("Büro-PC", "device-rename");
  await dialog(phone).getByLabel(word("first-device"), { exact: true }).fill("Rechner Zimmer 12");
  await inBothThemes(phone, "device-rename");
  await button(dialog(phone), "save").click();
  await device("Rechner Zimmer 12").waitFor();
  await act("Rechner Zimmer 12", "device-remove");
  await inBothThemes(phone, "device-remove");
  await button(dialog(phone), "device-remove").click();
  await says(phone, word("device-removed", { name: "Rechner Zimmer 12" }));
  await desktop.getByRole("heading", { name: word("gone-removed") }).waitFor({ timeout: 60_000 });
  await inBothThemes(desktop, "gone-removed");
  await fits(desktop);
  calm(desktop);
  await desktop.context().close();
});

let twelve;

step("twelve words are shown once, and can be printed", async () => {
  await go(phone, "/security");
  await button(phone, "recovery-now").or(button(phone, "recovery-new")).click();
  await button(dialog(phone), "recovery-make").click();
  await phone.locator(".recovery__words li").nth(11).waitFor({ timeout: 30_000 });
  twelve = await phone.locator(".recovery__words li").allInnerTexts();
  await inBothThemes(phone, "recovery-words");
  await fits(phone);
  await phone.emulateMedia({ media: "print" });
  assert.ok(await phone.locator(".print-only").isVisible());
  await phone.emulateMedia({ media: "screen" });
  await button(dialog(phone), "recovery-done").click();
  assert.equal(await phone.locator(".recovery__words").count(), 0);
  calm(phone);
});

step("with all devices lost, the twelve words bring one back", async () => {
  await phone.context().close();
  const page = await city.page(PHONE);
  await ready(page);
  await page.getByRole("button", { name: new RegExp(word("first-way-recover")) }).click();
  await page.locator("#recover-words").fill("nur drei wörter");
  await button(page, "next").click();
  await page.getByText(word("recover-wrong-count", { of: 12, count: 3 })).waitFor();
  await inBothThemes(page, "recover");
  await page.locator("#recover-words").fill(twelve.join(" "));
  await button(page, "next").click();
  await pin(page, "pin-choose").fill(PIN);
  await pin(page, "pin-again").fill(PIN);
  await through(page);
  await open(page, GROUP);
  await cem.send(GROUP, "Willkommen zurück.");
  await message(page, "Willkommen zurück.").waitFor({ timeout: 60_000 });
  phone = page;
});

step("it locks itself after the time that the organisation allows", async () => {
  await city.admin("policy", "set", "lock_after_minutes=5", "wipe_after=3");
  const page = phone;
  // Only the page's own clock: what it does by timers goes on.
  await page.addInitScript(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + (globalThis.ahead ?? 0);
  });
  await page.reload();
  await unlock(page);
  await go(page, "/security");
  await until("the policy has come", () => page.getByText(word("lock-after-policy", { count: 5 })).count());
  await inBothThemes(page, "security-policy");
  await page.evaluate(() => (globalThis.ahead = 6 * 60_000));
  await page.getByRole("heading", { name: word("lock-title") }).waitFor();
});

step("wrong PINs are slowed, and the last that the organisation allows deletes what is here", async () => {
  const page = phone;
  // It may be going just now.
  const wrong = () => pin(page, "lock-label").fill("111111", { timeout: 1_000 }).catch(() => {});
  await wrong();
  await page.getByText(word("lock-left", { count: 2 })).waitFor();
  await inBothThemes(page, "lock-wrong");
  await fits(page);
  const again = (count) =>
    until(`${count} left`, async () => {
      await wrong();
      return page.getByText(word("lock-left", { count })).count();
    });
  await again(1);
  await until("it is wiped", async () => {
    if (await pin(page, "lock-label").count()) await wrong();
    return page.getByText(word("first-start")).count();
  });
  await says(page, word("lock-wiped"));
  await inBothThemes(page, "wiped");
  calm(page);
});
