// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// A day with the app, as a warden has it: in by an invitation, read, write, answer, lock, lose the network, come back; the same
// colleagues on the command line. Each screen on the way is looked at by axe in both themes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { DESKTOP, PHONE, SIZES, calm, fits, inBothThemes, join, newCity, shot, unlock, until } from "./city.js";
import { word } from "./words.js";

const UNIT = "Verkehrsüberwachung";
const GROUP = "Bezirk 3 Maxvorstadt";

let city;
let cem;

before(async () => {
  city = await newCity({ groups: [{ name: GROUP, unit: UNIT }] });
  cem = await city.peer("Cem Aydin", { unit: UNIT });
  await until("Cem is in the group", async () => {
    try {
      return (await cem.send(GROUP, "Guten Morgen, Schellingstraße ist frei.")) !== undefined;
    } catch {
      return false;
    }
  });
});

after(() => city?.stop());

const row = (page, name) => page.locator(".chat-row", { hasText: name });
const log = (page) => page.locator(".timeline");

/** The group's chat is open, and can be written in. */
async function open(page) {
  await row(page, GROUP).first().click();
  await page.locator(".composer textarea").waitFor({ timeout: 60_000 });
}

async function write(page, text) {
  await page.locator(".composer textarea").fill(text);
  await page.locator(".composer__send").click();
  await log(page).getByText(text).first().waitFor();
}

let number = 0;

for (const [name, size] of SIZES) {
  test(`${name}: from an invitation into the group, a word there and back, and every screen clean`, async () => {
    const person = `Monika Huber ${(number += 1)}`;
    const page = await city.page(size);
    await join(page, await city.invite(person, { unit: UNIT }));
    await row(page, GROUP).first().waitFor({ timeout: 60_000 });
    await inBothThemes(page, "chats");
    await fits(page);

    await open(page);
    const ask = `Ist die Türkenstraße frei? (${name})`;
    await until("the page's word arrives", async () => {
      await write(page, ask).catch(() => {});
      return log(page).getByText(ask).count();
    });
    await cem.reads(GROUP, ask);
    await cem.send(GROUP, `Ja, Türkenstraße ist frei. (${name})`);
    await log(page).getByText(`Ja, Türkenstraße ist frei. (${name})`).first().waitFor({ timeout: 30_000 });
    await inBothThemes(page, "chat");
    await fits(page);

    for (const [address, shown] of [
      ["/contacts", "contacts"],
      ["/search", "search"],
      ["/new", "new"],
      ["/profile", "profile"],
      ["/devices", "devices"],
      ["/security", "security"],
      ["/notifications", "notifications"],
      ["/help", "help"],
    ]) {
      await page.evaluate((address) => {
        history.pushState(null, "", address);
        dispatchEvent(new PopStateEvent("popstate"));
      }, address);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      await inBothThemes(page, shown);
      await fits(page);
    }
    calm(page);
    await page.context().close();
  });
}

test("locked after a reload, it opens with the PIN alone, and everything is still there", async () => {
  const page = await city.page(PHONE);
  await join(page, await city.invite("Jonas Berger", { unit: UNIT }));
  await row(page, GROUP).first().waitFor({ timeout: 60_000 });
  await page.reload();
  await page.locator(`input[aria-label="${word("lock-label")}"]`).waitFor();
  await inBothThemes(page, "lock");
  await unlock(page);
  await row(page, GROUP).first().waitFor();
  await page.context().close();
});

test("without a network one goes on writing; what waits goes by itself", async () => {
  const page = await city.page(DESKTOP);
  await join(page, await city.invite("Petra Wimmer", { unit: UNIT }));
  await row(page, GROUP).first().waitFor({ timeout: 60_000 });
  await open(page);
  await until("the chat takes words", async () => {
    await write(page, "Ich bin da.").catch(() => {});
    return log(page).getByText("Ich bin da.").count();
  });
  await cem.reads(GROUP, "Ich bin da.");
  city.network(false);
  try {
    await page.locator(".netbar").waitFor({ timeout: 30_000 });
    await write(page, "Bin in der U-Bahn.");
    await shot(page, "offline");
    assert.ok(!(await cem.read(GROUP)).includes("Bin in der U-Bahn."));
  } finally {
    city.network(true);
  }
  await cem.reads(GROUP, "Bin in der U-Bahn.");
  await page.context().close();
});

test("what was said is found, and opens at its place", async () => {
  const page = await city.page(DESKTOP);
  await join(page, await city.invite("Fatima Yıldız", { unit: UNIT }));
  await row(page, GROUP).first().waitFor({ timeout: 60_000 });
  await until("Cem's word comes", async () => {
    await cem.send(GROUP, "Feuerwehrzufahrt zugeparkt");
    await page.waitForTimeout(500);
    return row(page, "Feuerwehrzufahrt").count();
  });
  await page.keyboard.press("Control+k");
  await until("the field has the keyboard", () => page.evaluate(() => document.activeElement?.tagName === "INPUT"));
  await page.keyboard.type("Feuerwehr");
  await page.locator("mark", { hasText: /Feuerwehr/i }).first().waitFor();
  await inBothThemes(page, "found");
  await page.locator("a", { has: page.locator("mark") }).first().click();
  await log(page).getByText("Feuerwehrzufahrt zugeparkt").first().waitFor();
  await page.context().close();
});
