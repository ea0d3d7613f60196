// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// What those who administer do, in the Leitstand and by its API. `city.js` has the city around them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join as path } from "node:path";

import { DESKTOP, until } from "./city.js";
import { button } from "./steps.js";

/** The owner's token, as the command line keeps it. */
export async function token(city) {
  const [found] = (await readFile(path(city.folder, "admin.json"), "utf8")).match(/melder_[\w-]+/) ?? [];
  assert.ok(found, "the command line keeps a token");
  return found;
}

/** Asks the server with the owner's token, as another administrator's program does. */
export async function ask(city, method, address, body, headers = {}) {
  const type = address.includes("/scim/") ? "application/scim+json" : "application/json";
  const answer = await fetch(city.url + address, {
    method,
    headers: { authorization: `Bearer ${await token(city)}`, "content-type": type, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${address}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** The field for a token, on the page of the log-in. */
export async function tokenField(page) {
  const way = button(page, "leit-login-token");
  const field = page.locator("#token");
  await way.or(field).first().waitFor();
  if (!(await field.isVisible())) await way.click();
  return field;
}

/** In the Leitstand with the owner's token, at an address of it. */
export async function enter(city, address = "/leitstand", size = DESKTOP, options) {
  const page = await city.page(size, options);
  await page.goto(address);
  await (await tokenField(page)).fill(await token(city));
  await button(page, "leit-login-go").click();
  await page.locator(".side").waitFor({ state: "attached" });
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  // Nobody was logged in at first: the question says so.
  page.wrong = page.wrong.filter((line) => !/401/.test(line));
  return page;
}

/** What the screen reads has come. */
export const quiet = (page) => until("all has come", async () => (await page.locator("#main [aria-busy]").count()) === 0);

/** A key that answers by itself. axe's way into a page takes it away again: no axe between making and using a passkey. */
export async function passkeys(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return session;
}
