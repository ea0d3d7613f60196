// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// What people do in the app, in the words of those who do it. `city.js` has the city around them.
import { join as path } from "node:path";
import { test } from "node:test";

import { join, until } from "./city.js";
import { word } from "./words.js";

/** A button by the id of its word. */
export const button = (where, id, values, language) =>
  where.getByRole("button", { name: word(id, values, language), exact: true });

/** The dialog or sheet that is open. */
export const dialog = (page) => page.locator("dialog[open]").last();

export const row = (page, name) => page.locator(".chat-row", { hasText: name });
export const log = (page) => page.locator(".timeline");
export const field = (page) => page.locator(".composer textarea");

/** The bubble that says this (not one that answers it), the newest of them. */
export const message = (page, text) =>
  page
    .locator("article.message", { hasText: text })
    .filter({ hasNot: page.locator(".quote", { hasText: text }) })
    .last();

/** Joined, with a chat in the list. */
export async function arrive(city, name, { size, chat, invite, page: options, ...how } = {}) {
  const page = await city.page(size, options);
  await join(page, await city.invite(name, invite), how);
  if (chat) await row(page, chat).first().waitFor({ timeout: 60_000 });
  return page;
}

/** The chat is open, and can be written in. */
export async function open(page, chat) {
  await row(page, chat).first().click();
  await field(page).waitFor({ timeout: 60_000 });
}

/** To another address of the app, without loading it anew. */
export async function go(page, address) {
  await page.evaluate((address) => {
    history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
  }, address);
}

/** Written, and it stands in the chat. */
export async function write(page, text) {
  await field(page).fill(text);
  await page.locator(".composer__send").click();
  await message(page, text).waitFor();
}

/** Something of the menu of a message. */
export async function choose(page, text, id) {
  await menu(page, text);
  await button(dialog(page), id).click();
}

/** The menu of a message is open. */
export async function menu(page, text) {
  await message(page, text).getByRole("button", { name: word("message-menu") }).click();
  await page.locator("dialog.menu[open]").waitFor();
}

/** Something of the sheet behind the plus. */
export async function add(page, id) {
  await button(page, "composer-add").click();
  await dialog(page).locator(".sheet-tile, .line, .alarm-entry", { hasText: word(id) }).first().click();
}

/** What the app says for a moment. */
export const says = (page, text) => page.locator(".toast", { hasText: text }).last().waitFor();

/** One's own message is with the server, or further. */
export const sent = (page, text) =>
  message(page, text)
    .locator(".bubble__meta", { hasText: new RegExp(["state-sent", "state-delivered", "state-confirmed"].map((id) => word(id)).join("|")) })
    .waitFor();

/** The message that has come to a peer's device, as its `--json` gives it. */
export const received = (peer, chat, text) =>
  until(`${peer.name} has “${text}”`, async () => {
    const [{ messages }] = await peer.json("read", chat);
    return messages.findLast((message) => message.text.includes(text));
  });

/**
 * Tests that build on each other: once one has failed, those after it are skipped, and a picture of each page says how it looked.
 *
 *   const step = story(() => city);
 *   step("a message is sent", async () => …);
 */
export function story(city) {
  let broken = false;
  return (name, run) =>
    test(name, async (context) => {
      if (broken) return context.skip("one before it failed");
      try {
        await run(context);
      } catch (error) {
        broken = true;
        const pages = city()?.browser?.contexts().flatMap((one) => one.pages()) ?? [];
        for (const [at, page] of pages.entries()) {
          await page.screenshot({ path: path(process.env.MELDER_SHOTS, `failed-${at}.png`) }).catch(() => {});
        }
        throw error;
      }
    });
}
