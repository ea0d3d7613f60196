// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// The app while it is locked: an alarm gets through, without its text; a passkey opens it in place of the PIN.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { DESKTOP, PHONE, PIN, calm, fits, inBothThemes, join, newCity, ready, unlock, until } from "./city.js";
import { word } from "./words.js";

const UNIT = "Verkehrsüberwachung";
const GROUP = "Bezirk 3 Maxvorstadt";
const STORM = "Unwetter: sofort abbrechen";

let city;
let cem;

before(async () => {
  city = await newCity({ groups: [{ name: GROUP, unit: UNIT }] });
  cem = await city.peer("Cem Aydin", { unit: UNIT });
});

after(() => city?.stop());

const alarm = (page) => page.locator("dialog.alarm[open]");

/** Joined, and in the group with a device, so that what Cem sends now can be read here. */
async function member(name, size) {
  const page = await city.page(size, { context: { permissions: ["notifications"] } });
  await join(page, await city.invite(name, { unit: UNIT }));
  const row = page.locator(".chat-row", { hasText: GROUP }).first();
  await row.waitFor({ timeout: 60_000 });
  await row.click();
  await page.locator(".composer textarea").waitFor({ timeout: 60_000 });
  const here = `${name} ist da.`;
  await until("the page's word arrives", async () => {
    await page.locator(".composer textarea").fill(here);
    await page.locator(".composer__send").click();
    return (await cem.read(GROUP)).includes(here);
  });
  return page;
}

/** What the service worker tells every page when the server has said what a push was for (`push.test.js` drives that half). */
async function push(page, reason) {
  await page.evaluate((reason) => {
    const message = new MessageEvent("message", { data: { type: "push", reason } });
    navigator.serviceWorker.dispatchEvent(message);
  }, reason);
}

async function lock(page) {
  await page.evaluate(() => {
    history.pushState(null, "", "/security");
    dispatchEvent(new PopStateEvent("popstate"));
  });
  await page.getByRole("button", { name: word("profile-lock") }).click();
  await page.locator(`input[aria-label="${word("lock-label")}"]`).waitFor();
}

test("an alarm fills the locked screen without its text, and is read and confirmed after the PIN", async () => {
  const page = await member("Monika Huber", PHONE);
  await lock(page);
  assert.equal(await alarm(page).count(), 0);
  await cem.run("alarm", GROUP, STORM, "--urgency", "emergency");
  await push(page, "alarm");
  await alarm(page).getByText(word("alarm-locked-title")).waitFor();
  assert.ok(!(await page.locator("body").innerText()).includes(STORM), "only the PIN decrypts it");
  await inBothThemes(page, "alarm-locked");
  await fits(page);
  await page.keyboard.press("Escape");
  assert.equal(await alarm(page).count(), 1, "Escape does not put it away");

  await alarm(page).getByRole("button", { name: word("alarm-locked-open") }).click();
  await unlock(page);
  await alarm(page).getByText("Unwetter").first().waitFor({ timeout: 30_000 });
  await alarm(page).getByRole("button", { name: word("alarm-confirm"), exact: true }).click();
  await until("nothing rings any more", async () => (await alarm(page).count()) === 0);
  await lock(page);
  assert.equal(await alarm(page).count(), 0, "what is confirmed does not wait");
  calm(page);
  await page.context().close();
});

test("an alarm that was not confirmed waits over the locked screen of an app that is opened anew", async () => {
  const page = await member("Jonas Berger", DESKTOP);
  await cem.run("alarm", GROUP, STORM);
  await alarm(page).getByText("Unwetter").first().waitFor({ timeout: 30_000 });
  // It is written down beside the database before the page goes.
  await page.waitForTimeout(500);
  await ready(page);
  await alarm(page).getByText(word("alarm-locked-title")).waitFor();
  await page.context().close();
});

test("a passkey opens the app in place of the PIN, and the PIN still does", async () => {
  const page = await city.page(PHONE);
  await join(page, await city.invite("Fatima Yıldız", { unit: UNIT }));
  await page.evaluate(() => {
    history.pushState(null, "", "/security");
    dispatchEvent(new PopStateEvent("popstate"));
  });
  await page.getByRole("button", { name: word("passkey-title") }).click();
  const dialog = page.locator("dialog[open]");
  await inBothThemes(page, "passkey");
  // From here on no other session: its end takes the authenticator with it.
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await dialog.getByRole("button", { name: word("passkey-make") }).click();
  const pin = dialog.locator(`input[aria-label="${word("lock-label")}"]`);
  await pin.fill("111222");
  await dialog.locator("#passkey-remark", { hasText: /./ }).waitFor();
  await until("the pause is over", async () => {
    if ((await dialog.count()) === 0) return true;
    await pin.fill(PIN).catch(() => {});
    await page.waitForTimeout(1_500);
    return false;
  });

  await ready(page);
  const open = page.getByRole("button", { name: word("passkey-unlock") });
  await open.click();
  await page.getByRole("navigation").first().waitFor();
  await ready(page);
  await open.waitFor();
  await inBothThemes(page, "lock-passkey");
  await fits(page);
  await unlock(page);
  calm(page);
  await page.context().close();
});
