// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Everything one does with words: answers, marks, mends, takes back, passes on, asks, plans. Monika has a phone, Jonas a desktop,
// Cem the command line; they are all in the same groups.
import assert from "node:assert/strict";
import { after, before } from "node:test";

import { DESKTOP, PHONE, calm, inBothThemes, newCity, unlock, until } from "./city.js";
import { add, arrive, button, choose, dialog, field, go, log, menu, message, open, received, row, says, sent, story, write } from "./steps.js";
import { word } from "./words.js";

const UNIT = "Verkehrsüberwachung";
const GROUP = "Bezirk 3 Maxvorstadt";
const OTHER = "Bezirk 4 Schwabing";
const CHANNEL = "Dienstanweisungen";
const JONAS = "Jonas Berger";
const PHRASE = "Guten Morgen, Schellingstraße ist frei.";

const step = story(() => city);
let city;
let cem;
let monika;
let jonas;

before(async () => {
  city = await newCity({
    groups: [
      { name: GROUP, unit: UNIT },
      { name: OTHER, unit: UNIT },
    ],
  });
  cem = await city.peer("Cem Aydin", { unit: UNIT });
  monika = await arrive(city, "Monika Huber", { size: PHONE, chat: GROUP, invite: { unit: UNIT } });
  jonas = await arrive(city, JONAS, { size: DESKTOP, chat: GROUP, invite: { unit: UNIT } });
  await monika.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(jonas, GROUP);
  await until("all three are in the group", async () => (await cem.run("members", GROUP).catch(() => "")).includes(JONAS));
  await cem.send(GROUP, PHRASE);
  await message(jonas, PHRASE).waitFor();
  await open(monika, GROUP);
  await message(monika, PHRASE).waitFor();
});

after(() => city?.stop());

step("an answer carries what it answers, here and there", async () => {
  await menu(monika, PHRASE);
  await inBothThemes(monika, "message-menu");
  await button(dialog(monika), "message-reply").click();
  await monika.locator(".composer__above", { hasText: word("replying-to", { name: "Cem Aydin" }) }).waitFor();
  await write(monika, "Danke, ich komme.");
  const bubble = message(monika, "Danke, ich komme.");
  await bubble.locator(".quote", { hasText: PHRASE }).waitFor();
  await message(jonas, "Danke, ich komme.").locator(".quote", { hasText: PHRASE }).waitFor();
  await cem.reads(GROUP, "Danke, ich komme.");
  await message(jonas, "Danke, ich komme.").locator(".quote").click();
  await jonas.locator("article.message--found", { hasText: PHRASE }).waitFor();
  await sent(monika, "Danke, ich komme.");
});

step("a reaction is set, seen by name, counted with another's, and taken back", async () => {
  await menu(monika, PHRASE);
  await dialog(monika).getByRole("button", { name: word("react-with", { emoji: "👍" }) }).click();
  await message(jonas, PHRASE).locator(".reaction", { hasText: "👍" }).click();
  const both = message(monika, PHRASE).locator(".reaction", { hasText: "2" });
  await both.waitFor();
  assert.match((await both.getAttribute("title")) ?? "", /Jonas Berger/);
  await inBothThemes(monika, "reactions");
  await message(jonas, PHRASE).locator(".reaction[aria-pressed=true]").click();
  await until("Jonas's is gone", async () => (await message(monika, PHRASE).locator(".reaction", { hasText: "2" }).count()) === 0);
  assert.equal(await message(monika, PHRASE).locator(".reaction").count(), 1);
});

step("a message is mended by its writer, and says so", async () => {
  await write(monika, "Bin um acht da.");
  await sent(monika, "Bin um acht da.");
  await choose(monika, "Bin um acht da.", "message-edit");
  await monika.locator(".composer__above", { hasText: word("editing") }).waitFor();
  await field(monika).fill("Bin um neun da.");
  await monika.locator(".composer__send").click();
  await message(jonas, "Bin um neun da.").locator(".bubble__meta", { hasText: word("message-edited") }).waitFor();
  await cem.reads(GROUP, "Bin um neun da.");
  assert.equal(await log(jonas).getByText("Bin um acht da.").count(), 0);
  assert.equal(await field(monika).inputValue(), "", "what was written before is back");
});

step("a message is taken back for all, after it was asked", async () => {
  await write(monika, "Falscher Chat.");
  await sent(monika, "Falscher Chat.");
  await choose(monika, "Falscher Chat.", "message-delete");
  await dialog(monika).getByText(word("delete-message-text")).waitFor();
  await inBothThemes(monika, "message-delete");
  await button(dialog(monika), "delete-for-all").click();
  await message(jonas, word("message-deleted")).waitFor();
  assert.equal(await log(jonas).getByText("Falscher Chat.").count(), 0);
  await until("Cem's is gone", async () => !(await cem.read(GROUP)).includes("Falscher Chat."));
});

step("a message is passed on to another chat", async () => {
  await choose(monika, PHRASE, "message-forward");
  await dialog(monika).getByRole("button", { name: OTHER }).waitFor();
  await inBothThemes(monika, "forward");
  await button(dialog(monika), "forward-to", { count: 0 }).click();
  await says(monika, word("forward-choose"));
  await dialog(monika).getByRole("button", { name: OTHER }).click();
  await button(dialog(monika), "forward-to", { count: 1 }).click();
  await cem.reads(OTHER, PHRASE);
});

step("a message is copied as it was typed", async () => {
  await choose(monika, PHRASE, "message-copy");
  await says(monika, word("message-copied"));
  // The same word again is counted.
  await choose(monika, PHRASE, "message-copy");
  await monika.locator(".toast", { hasText: word("message-copied") }).locator(".toast__times", { hasText: "2 ×" }).waitFor();
  assert.equal(await monika.locator(".toast", { hasText: word("message-copied") }).count(), 1);
  assert.equal(await monika.evaluate(() => navigator.clipboard.readText()), PHRASE);
});

step("who is named with an @ sees it in the list", async () => {
  await go(jonas, "/");
  await row(jonas, GROUP).first().waitFor();
  await field(monika).fill("");
  await field(monika).pressSequentially("Das macht @jon");
  await monika.locator(".offered", { hasText: JONAS }).waitFor();
  await inBothThemes(monika, "mention");
  await field(monika).press("Enter");
  assert.equal(await field(monika).inputValue(), `Das macht @${JONAS} `);
  await monika.locator(".composer__send").click();
  await row(jonas, GROUP).first().locator(`.count[title="${word("mentions-you")}"]`).waitFor();
  await inBothThemes(jonas, "mentioned");
  await open(jonas, GROUP);
  await message(jonas, "Das macht").locator(".mention--own").waitFor();
});

step("a draft is there again after the app was closed, also in the list", async () => {
  await field(monika).fill("Noch nicht fertig, aber");
  await button(monika.locator(".bar--chat"), "back").or(monika.locator(".bar--chat a.only-phone")).first().click();
  await row(monika, GROUP).locator(".draft", { hasText: word("draft") }).waitFor();
  await inBothThemes(monika, "draft");
  await monika.reload();
  await unlock(monika);
  await open(monika, GROUP);
  assert.equal(await field(monika).inputValue(), "Noch nicht fertig, aber");
  await field(monika).fill("");
});

step("a link is a link, and nothing is fetched from where it leads", async () => {
  await write(monika, "Siehe https://www.muenchen.example/sperrung");
  const link = message(jonas, "Siehe").locator("a[href]");
  await link.waitFor();
  assert.equal(await link.getAttribute("href"), "https://www.muenchen.example/sperrung");
  assert.match((await link.getAttribute("rel")) ?? "", /noreferrer/);
  assert.equal(await message(jonas, "Siehe").locator("img, iframe").count(), 0);
});

step("a poll is asked, voted on, and counted live; one voice is moved, not doubled", async () => {
  await add(monika, "kind-poll");
  await button(dialog(monika), "poll-send").click();
  await dialog(monika).getByText(word("poll-missing")).waitFor();
  await dialog(monika).getByLabel(word("poll-question")).fill("Wer übernimmt Samstag?");
  await dialog(monika).getByLabel(word("poll-answer", { number: 1 })).fill("Ich");
  await dialog(monika).getByLabel(word("poll-answer", { number: 2 })).fill("Jemand anderes");
  await inBothThemes(monika, "poll-new");
  await button(dialog(monika), "poll-send").click();
  const there = message(jonas, "Wer übernimmt Samstag?");
  const answer = (where, text, count) => where.locator(".poll-option", { hasText: text }).filter({ has: where.page().getByText(String(count), { exact: true }) });
  await answer(there, "Ich", 0).click();
  const here = message(monika, "Wer übernimmt Samstag?");
  await answer(here, "Ich", 1).waitFor();
  await answer(here, "Jemand anderes", 0).click();
  await answer(there, "Jemand anderes", 1).waitFor();
  await answer(there, "Jemand anderes", 1).click();
  await answer(here, "Jemand anderes", 2).waitFor();
  await answer(here, "Ich", 0).waitFor();
  await inBothThemes(monika, "poll");
});

step("somebody's card is sent, and leads to them", async () => {
  await add(monika, "kind-contact");
  await dialog(monika).getByRole("button", { name: JONAS }).waitFor();
  await inBothThemes(monika, "contact-send");
  await dialog(monika).getByRole("button", { name: JONAS }).click();
  await message(monika, JONAS).locator("a.file--link").waitFor();
  await message(jonas, JONAS).locator("a.file--link").click();
  await jonas.getByText(word("profile-own")).waitFor();
  await go(jonas, "/");
  await open(jonas, GROUP);
});

step("a message is planned, waits with its time, and can be kept back", async () => {
  await add(monika, "add-later");
  await dialog(monika).getByLabel(word("later-when")).fill("2020-01-01T08:00");
  await dialog(monika).getByText(word("time-past")).waitFor();
  await button(dialog(monika), "later-set").click();
  const year = new Date().getFullYear() + 1;
  await dialog(monika).getByLabel(word("later-when")).fill(`${year}-03-01T08:00`);
  await inBothThemes(monika, "later");
  await button(dialog(monika), "later-set").click();
  await monika.locator(".way").waitFor();
  await write(monika, "Frühlingsdienst beginnt.");
  await inBothThemes(monika, "scheduled");
  await cem.send(GROUP, "Nach der geplanten.");
  await message(monika, "Nach der geplanten.").waitFor();
  assert.ok(!(await cem.read(GROUP)).includes("Frühlingsdienst"));
  await choose(monika, "Frühlingsdienst beginnt.", "do-not-send");
  await says(monika, word("not-sent-now"));
  await until("it is gone", async () => (await log(monika).getByText("Frühlingsdienst beginnt.").count()) === 0);
});

step("a message that disappears says when, on each device", async () => {
  await button(monika, "composer-add").click();
  await dialog(monika).getByRole("button", { name: word("expires-after") }).click();
  await dialog(monika).getByRole("button", { name: word("span-hours", { count: 1 }), exact: true }).click();
  await inBothThemes(monika, "expiry");
  await button(dialog(monika), "expires-set").click();
  await write(monika, "Türcode 4711");
  for (const page of [monika, jonas]) {
    await message(page, "Türcode 4711").locator(".bubble__meta", { hasText: /\d\d:\d\d/ }).locator("[title]").first().waitFor();
    assert.match(await message(page, "Türcode 4711").locator(".bubble__meta").innerText(), new RegExp(word("expires-at", { time: "" }).trim()));
  }
  const it = await received(cem, GROUP, "Türcode 4711");
  assert.ok(it.expires, JSON.stringify(it));
});

step("what came meanwhile is jumped to, and the newest is one press away", async () => {
  await button(monika.locator(".bar--chat"), "back").or(monika.locator(".bar--chat a.only-phone")).first().click();
  await row(monika, GROUP).first().waitFor();
  for (let number = 1; number <= 25; number += 1) await cem.send(GROUP, `Meldung Nummer ${number}`);
  await row(monika, GROUP).locator(".count", { hasText: "25" }).waitFor();
  await monika.getByRole("button", { name: new RegExp(`^${word("filter-unread")}`) }).click();
  await row(monika, GROUP).first().waitFor();
  await inBothThemes(monika, "unread");
  await open(monika, GROUP);
  await monika.locator(".unread-line").waitFor();
  await message(monika, "Meldung Nummer 1").waitFor();
  await inBothThemes(monika, "unread-from-here");
  await monika.getByRole("button", { name: new RegExp(word("to-newest")) }).click();
  await until("the newest is seen", () => message(monika, "Meldung Nummer 25").isVisible());
});

step("a chat is pinned, muted, and found by kind", async () => {
  const head = monika.locator(".bar--chat");
  await button(head, "chat-menu").click();
  await inBothThemes(monika, "chat-menu");
  await button(dialog(monika), "chat-pin").click();
  await button(head, "chat-menu").click();
  await button(dialog(monika), "chat-mute").click();
  await says(monika, word("chat-muted-toast"));
  await button(head, "back").or(head.locator("a.only-phone")).first().click();
  await row(monika, GROUP).getByText(word("pinned")).waitFor({ state: "attached" });
  await row(monika, GROUP).getByText(word("muted")).waitFor({ state: "attached" });
  assert.ok((await row(monika, "").first().innerText()).includes(GROUP), "what is pinned stands first");
  await button(monika, "filter-channels").click();
  await monika.getByText(word("chats-none-of-kind")).waitFor();
  await inBothThemes(monika, "no-channels");
  await button(monika, "filter-all").click();
  await open(monika, GROUP);
});

step("what the server refuses says why, and goes when one tries again", async () => {
  await city.admin("groups", "create", CHANNEL, "--channel", "--unit", UNIT, "--publisher", "Monika Huber");
  await button(monika.locator(".bar--chat"), "back").or(monika.locator(".bar--chat a.only-phone")).first().click();
  await open(monika, CHANNEL);
  await write(monika, "Neue Dienstkleidung ab Montag.");
  await cem.reads(CHANNEL, "Neue Dienstkleidung ab Montag.");
  city.network(false);
  try {
    await monika.locator(".netbar").waitFor({ timeout: 30_000 });
    await write(monika, "Ausgabe in Raum 12.");
    // By the server's own door: the one before it is shut.
    const beside = ["--server", `http://127.0.0.1:${city.port}`];
    await city.admin("groups", "add", CHANNEL, "Monika Huber", "--role", "member", ...beside);
  } finally {
    city.network(true);
  }
  const failed = message(monika, "Ausgabe in Raum 12.").locator(".failed");
  await failed.waitFor({ timeout: 60_000 });
  console.log(await failed.innerText());
  await inBothThemes(monika, "failed");
  await city.admin("groups", "add", CHANNEL, "Monika Huber", "--role", "publisher");
  await until("she may write again", () => field(monika).count());
  await button(failed, "send-again").click();
  await cem.reads(CHANNEL, "Ausgabe in Raum 12.");
});

step("where the organisation forbids it, nothing is copied or passed on", async () => {
  await city.admin("policy", "set", "export=false");
  await go(monika, "/");
  await open(monika, GROUP);
  await until("the policy has come", async () => {
    await choose(monika, "Meldung Nummer 25", "message-copy");
    const said = await monika.locator(".toast").last().innerText();
    return said.includes(word("export-forbidden"));
  });
  await choose(monika, "Meldung Nummer 25", "message-forward");
  await says(monika, word("export-forbidden"));
  await inBothThemes(monika, "forbidden");
});

step("nothing broke on the way", () => {
  calm(monika, { offline: true });
  calm(jonas, { offline: true });
});
