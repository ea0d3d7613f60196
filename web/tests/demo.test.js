// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// What a newcomer meets who starts `cargo xtask demo` and opens the links: a city that lives, and its Leitstand.
import { after, before, test } from "node:test";

import { City, DESKTOP, PHONE, calm, fits, inBothThemes, join } from "./city.js";
import { passkeys } from "./desk.js";
import { button, field, row, sent, write } from "./steps.js";
import { word } from "./words.js";

let city;

before(async () => {
  city = new City();
  await city.startDemo();
});

after(() => city?.stop());

test("the warden's link leads into chats in which colleagues write, and somebody answers", async () => {
  const page = await city.page(PHONE);
  await join(page, city.demo.invitations.warden);
  const chat = row(page, "Streife").first();
  await chat.waitFor({ timeout: 120_000 });
  await inBothThemes(page, "demo-list");
  await fits(page);
  await chat.click();
  await field(page).waitFor();
  await write(page, "Guten Morgen, ich bin neu hier.");
  await sent(page, "Guten Morgen, ich bin neu hier.");
  // Colleagues write by themselves; they hold pauses.
  await page.locator("article.message:not(.message--own)").first().waitFor({ timeout: 120_000 });
  await inBothThemes(page, "demo-chat");
  calm(page);
});

test("the administrator's link makes a passkey, and the city stands in the Leitstand", async () => {
  const page = await city.page(DESKTOP);
  await passkeys(page);
  await page.goto(city.demo.admin);
  await button(page, "leit-passkey-make").click();
  await button(page, "leit-recovery-kept").click();
  await page.locator(".side").getByRole("link", { name: word("leit-accounts"), exact: true }).click();
  await page.locator("#main").getByText("Frank Okafor").first().waitFor();
  page.wrong = page.wrong.filter((line) => !/401/.test(line));
  calm(page);
});
