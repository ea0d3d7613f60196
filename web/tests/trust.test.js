// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Whom one talks to, and who has it: the number of a group, a colleague with new keys, and the mark that all were reached.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { DESKTOP, PHONE, calm, inBothThemes, join, newCity, until } from "./city.js";
import { word } from "./words.js";

const UNIT = "Außendienst";
const GROUP = "Streife Bahnhof";
/** A picture of one point. */
const DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==";

let city;
let cem;

before(async () => {
  city = await newCity({ groups: [{ name: GROUP, unit: UNIT }] });
  cem = await city.peer("Cem Aydin", { unit: UNIT });
});

after(() => city?.stop());

async function write(page, text) {
  await page.locator(".composer textarea").fill(text);
  await page.locator(".composer__send").click();
}

async function member(name, size) {
  const page = await city.page(size);
  await join(page, await city.invite(name, { unit: UNIT }));
  const row = page.locator(".chat-row", { hasText: GROUP }).first();
  await row.waitFor({ timeout: 60_000 });
  await row.click();
  await page.locator(".composer textarea").waitFor({ timeout: 60_000 });
  return page;
}

/** The group's number, as this page shows it. */
async function number(page) {
  const check = page.getByRole("button", { name: word("info-check"), exact: true });
  if (!(await page.locator(".group-number__digits").count())) {
    if (!(await check.count())) await page.keyboard.press("Alt+i");
    await check.click();
  }
  return page.locator(".group-number__digits").innerText();
}

test("a message is marked as delivered once everybody's device has it", async () => {
  const page = await member("Monika Huber", PHONE);
  await write(page, "Sind alle da?");
  await cem.reads(GROUP, "Sind alle da?");
  const mine = page.locator(".message--own", { hasText: "Sind alle da?" }).first();
  await mine.getByText(word("state-delivered")).waitFor({ state: "attached", timeout: 60_000 });
  await page.context().close();
});

test("the members of a group see one number, which changes with its members", async () => {
  const [page, other] = [await member("Jonas Berger", DESKTOP), await member("Petra Wimmer", DESKTOP)];
  const same = async () => {
    const [one, two] = [await number(page), await number(other)];
    return one === two && one;
  };
  const before = await until("both show one number", same);
  assert.match(before, /^(\d{5} ){7}\d{5}$/);
  await page.getByRole("button", { name: word("group-number-together") }).click();
  await page.locator("dialog[open] .safety").waitFor();
  await inBothThemes(page, "group-number");
  await page.locator("dialog[open]").getByRole("button", { name: word("check-yes") }).click();
  await page.getByText(word("group-number-equal")).waitFor();
  await page.keyboard.press("Escape");
  await city.peer("Dora Seidel", { unit: UNIT });
  await until("with another member it is another number", async () => {
    const now = await same();
    return now && now !== before;
  });
  calm(page);
  await page.context().close();
  await other.context().close();
});

test("a colleague who is there with new keys is told of where one writes", async () => {
  const page = await member("Fatima Yıldız", PHONE);
  await write(page, "Guten Morgen");
  await cem.reads(GROUP, "Guten Morgen");
  const reset = await city.admin("--json", "--yes", "accounts", "reset", "Cem Aydin");
  const { link } = JSON.parse(reset.split("\n").find((line) => line.includes("link")));
  cem = await city.again("Cem Aydin", link);
  const hint = page.locator(".composer__changed");
  await hint.getByText("Cem Aydin").waitFor({ timeout: 60_000 });
  await inBothThemes(page, "new-keys");
  await hint.getByRole("button", { name: word("composer-changed-seen") }).click();
  await until("it was seen", async () => (await hint.count()) === 0);
  calm(page);
  await page.context().close();
});

test("a report goes with its number plate and a photo as evidence", async () => {
  const page = await member("Theo Kaya", PHONE);
  await page.getByRole("button", { name: word("composer-add") }).click();
  await page.getByRole("button", { name: word("kind-report"), exact: true }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByRole("button", { name: word("report-send") }).click();
  await dialog.getByText(word("report-missing")).waitFor();
  await dialog.getByLabel(word("report-title")).fill("Radweg zugeparkt");
  await dialog.locator(".plate__input").fill("m vü 4711");
  await dialog.getByLabel(word("report-place")).fill("Türkenstraße 54");
  const chosen = page.waitForEvent("filechooser");
  await dialog.getByRole("button", { name: word("report-capture") }).click();
  await (await chosen).setFiles({ name: "rad.png", mimeType: "image/png", buffer: Buffer.from(DOT, "base64") });
  await dialog.locator(".picked__one img").waitFor();
  await inBothThemes(page, "report");
  await dialog.getByRole("button", { name: word("report-send") }).click();
  const card = page.locator(".message--own .bubble--card", { hasText: "Radweg zugeparkt" });
  await card.locator(".evidence-grid .photo").waitFor();
  await card.getByText(word("report-details")).click();
  await card.getByText("M VÜ 4711").last().waitFor();
  await inBothThemes(page, "report-sent");
  await cem.reads(GROUP, "Radweg zugeparkt");
  calm(page);
  await page.context().close();
});
