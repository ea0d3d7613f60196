// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// The real worker in a real browser, a real server, and a colleague on the command line.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { City } from "./city.js";

const PIN = "271828";
let city;
let context;
let page;
let second;
let group;

before(async () => {
  city = await City.start();
  await city.admin("units", "create", "Verkehr");
  await city.admin("groups", "create", "Lage", "--unit", "Verkehr");
  await city.profile("Cem", "join", await city.invite("Cem"));
  context = await city.browser.newContext();
  page = await city.page(context);
});

after(() => city?.stop());

const ask = (where, question) => where.evaluate((question) => ask(question), question);
const told = (where, kind) => where.evaluate((kind) => news.filter((said) => said[kind]), kind);

/** Until this holds; a browser that does not come to it in half a minute never will. */
async function until(what, holds) {
  const end = Date.now() + 30_000;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await new Promise((go) => setTimeout(go, 100));
  }
}

const text = (body) => (body.Text ?? []).map((span) => span.Plain ?? span.Link ?? span.Mention?.name).join("");

async function texts(where) {
  const { Page } = await ask(where, { Page: { group, around: "End", limit: 50 } });
  return Page.items.filter((item) => item.Message).map((item) => text(item.Message.body));
}

const say = (where, content, more = {}, to = group) =>
  ask(where, {
    Send: {
      group: to,
      draft: { content, reply_to: null, files: [], expires_in_ms: null, confirm: null, at: null, ...more },
    },
  });
const send = (where, words) => say(where, { Text: words });
const message = async (where, id) => (await ask(where, { Message: id })).Message;

const seen = (where, words) => until(words, async () => (await texts(where)).includes(words));

async function colleagueReads(words) {
  await until(`the colleague reads ${words}`, async () => (await city.profile("Cem", "read", "Lage")).includes(words));
}

test("a newcomer joins by invitation, with the organisation shown before", async () => {
  assert.deepEqual(await ask(page, "Standing"), { Lock: "Fresh" });
  const link = await city.invite("Monika Huber");
  const { Offer } = await ask(page, { OpenInvitation: { link } });
  assert.equal(Offer.organisation_name, "Kreisverwaltungsreferat");
  assert.equal(Offer.name, "Monika Huber");
  assert.match(Offer.organisation_fingerprint, /^(\d{5} ?){6}$/);
  const joined = await ask(page, { Join: { device_name: "Chromium", name: null, pin: PIN } });
  assert.equal(joined.Lock.Open.name, "Monika Huber");
  group = await until("the chat", async () => {
    const { Chats } = await ask(page, "Chats");
    return Chats.find((chat) => chat.name === "Lage" && chat.status === "Active")?.group;
  });
});

test("a link of another server is not taken, and says which", async () => {
  const link = "https://other.example/join#" + (await city.invite("Niemand")).split("#")[1];
  await assert.rejects(ask(page, { OpenInvitation: { link } }), /OtherServer.*https:\/\/other\.example/);
});

test("what a colleague writes is told and read, and the answer arrives there", async () => {
  await city.profile("Cem", "send", "Lage", "Sperrung am Marienplatz");
  await seen(page, "Sperrung am Marienplatz");
  const news = await until("news", async () => (await told(page, "Message")).find((said) => said.Message.by_other));
  assert.equal(news.Message.is_new, true);
  await send(page, "Verstanden");
  await colleagueReads("Verstanden");
});

test("after a reload it is locked, a wrong PIN is refused and slowed, and the right one opens the history", async () => {
  await page.reload();
  await city.ready(page);
  const { Lock } = await ask(page, "Standing");
  assert.equal(Lock.Locked.wrong_tries, 0);
  await assert.rejects(ask(page, "Chats"), /Locked/);
  await assert.rejects(ask(page, { Unlock: "314159" }), /WrongPin/);
  // Counted, also when the page is loaded anew; and not even the right one is tried before the pause is over.
  await page.reload();
  await city.ready(page);
  assert.equal((await ask(page, "Standing")).Lock.Locked.wrong_tries, 1);
  await until("the right PIN", () => ask(page, { Unlock: PIN }).then(() => true, () => false));
  const opened = await ask(page, "Standing");
  assert.equal(opened.Lock.Open.name, "Monika Huber");
  assert.deepEqual(await texts(page), ["Sperrung am Marienplatz", "Verstanden"]);
});

test("nothing in the browser's files can be read", async () => {
  const found = await page.evaluate(async () => {
    const words = [];
    async function walk(folder) {
      for await (const [, entry] of folder.entries()) {
        if (entry.kind === "directory") await walk(entry);
        else {
          const bytes = await (await entry.getFile()).arrayBuffer();
          const text = new TextDecoder("latin1").decode(bytes);
          words.push([bytes.byteLength, text.includes("Marienplatz"), text.includes("SQLite format")]);
        }
      }
    }
    await walk(await navigator.storage.getDirectory());
    return words;
  });
  assert.ok(found.some(([length]) => length > 100_000), JSON.stringify(found));
  for (const [, words, header] of found) assert.ok(!words && !header);
});

test("what is written without a network waits and goes with the next", async () => {
  city.network(false);
  await until("offline", async () => (await ask(page, "Own")).Own.connection !== "Online");
  await send(page, "aus dem Keller");
  assert.equal((await ask(page, "Own")).Own.waiting, 1);
  city.network(true);
  await ask(page, "ConnectNow");
  await colleagueReads("aus dem Keller");
  assert.equal((await ask(page, "Own")).Own.waiting, 0);
});

test("a second tab is open without a PIN, and works through the first", async () => {
  second = await city.page(context);
  assert.equal((await ask(second, "Standing")).Lock.Open.name, "Monika Huber");
  await send(second, "vom zweiten Fenster");
  await seen(page, "vom zweiten Fenster");
  await colleagueReads("vom zweiten Fenster");
});

test("when the owner closes, the other takes over, and nothing is lost or done twice", async () => {
  // Asked while the owner goes: answered by whoever is there.
  const sent = second.evaluate(
    async ([group, count]) => {
      const draft = (words) => ({
        content: { Text: words },
        reply_to: null,
        files: [],
        expires_in_ms: null,
        confirm: null,
        at: null,
      });
      const asked = [];
      for (let number = 0; number < count; number += 1) {
        asked.push(ask({ Send: { group, draft: draft(`Nummer ${number}`) } }));
        await new Promise((go) => setTimeout(go, 10));
      }
      return (await Promise.all(asked)).length;
    },
    [group, 40],
  );
  await new Promise((go) => setTimeout(go, 150));
  const since = Date.now();
  await page.close();
  await ask(second, "Standing");
  const took = Date.now() - since;
  console.log(`    took over in ${took} ms`);
  assert.equal(await sent, 40);
  const numbers = (await texts(second)).filter((words) => words.startsWith("Nummer"));
  assert.deepEqual([...numbers].sort(), Array.from({ length: 40 }, (_, number) => `Nummer ${number}`).sort());
  await colleagueReads("Nummer 39");
  page = second;
});

test("a chat is found, drafted in, paged and searched", async () => {
  await ask(page, { SaveComposer: { group, text: "Entwurf", reply_to: null, known: "" } });
  const { Chat } = await ask(page, { Chat: group });
  assert.equal(Chat.composer.text, "Entwurf");
  const { Hits } = await ask(page, { Search: { query: "Marienplatz", group, limit: 10 } });
  assert.equal(Hits.length, 1);
  const around = { At: Hits[0].sequence };
  const { Page } = await ask(page, { Page: { group, around, limit: 10 } });
  assert.ok(Page.items.some((item) => item.Message?.id === Hits[0].message));
  assert.equal(Page.more_after, true);
});

test("reactions, replies, votes and alarms are shown as they stand", async () => {
  const { Queued: poll } = await say(page, { Poll: { question: "Wann?", options: ["8 Uhr", "9 Uhr"], multiple: false } });
  await until("sent", async () => (await message(page, poll)).sequence);
  await say(page, { Vote: { poll, choices: [1] } });
  await say(page, { React: { to: poll, emoji: "👍" } });
  let shown = await message(page, poll);
  assert.deepEqual(
    shown.body.Poll.options.map((option) => [option.votes, option.own]),
    [
      [0, false],
      [1, true],
    ],
  );
  assert.deepEqual(shown.reactions, [{ emoji: "👍", names: ["Monika Huber"], own: true }]);
  await say(page, { Unreact: { to: poll, emoji: "👍" } });
  assert.deepEqual((await message(page, poll)).reactions, []);
  const { Queued: reply } = await say(page, { Text: "Siehe https://muenchen.de." }, { reply_to: poll });
  shown = await message(page, reply);
  assert.equal(shown.reply.id, poll);
  assert.deepEqual(shown.body.Text, [{ Plain: "Siehe " }, { Link: "https://muenchen.de" }, { Plain: "." }]);
  await city.profile("Cem", "alarm", "Lage", "Räumung", "--yes");
  const alarm = await until("the alarm", async () => (await told(page, "Alarm"))[0]);
  assert.equal((await ask(page, "OpenAlarms")).Messages[0].id, alarm.Alarm.message);
  assert.equal((await ask(page, { Chat: group })).Chat.open_confirmations, 1);
  await say(page, { Confirm: { to: alarm.Alarm.message, note: null } });
  assert.deepEqual((await ask(page, "OpenAlarms")).Messages, []);
});

test("a file goes out, comes back by chunks, and is forwarded under a key of its own", async () => {
  const size = 200_000;
  const { File: file } = await ask(page, { StartFile: { size } });
  const bytes = Array.from({ length: size }, (_, at) => at % 251);
  await ask(page, { AddFileChunk: { file, bytes } });
  const draft = {
    file,
    filename: "plan.pdf",
    content_type: "application/pdf",
    description: "Plan",
    preview: null,
    dimensions: null,
    duration_ms: null,
    evidence: null,
  };
  const { Queued: id } = await say(page, { Text: "Der Plan" }, { files: [draft] });
  await until("sent", async () => (await message(page, id)).sequence);
  const [attached] = (await message(page, id)).body.Files.files;
  assert.equal(attached.size, size);
  const { Chunk } = await ask(page, { FileChunk: { blob: attached.blob, index: 3 } });
  assert.deepEqual(Chunk, bytes.slice(3 * attached.chunk));
  assert.equal((await ask(page, { Media: { group, before: null, limit: 10 } })).Messages[0].id, id);
  const { Contacts } = await ask(page, "Contacts");
  const cem = Contacts.find((contact) => contact.name === "Cem");
  const { Group: direct } = await ask(page, { StartDirect: cem.account });
  const { Queued: forwarded } = await say(page, { Forward: id }, {}, direct);
  await until("forwarded", async () => (await message(page, forwarded)).sequence);
  const [copy] = (await message(page, forwarded)).body.Files.files;
  assert.notEqual(copy.blob, attached.blob);
  assert.equal(copy.size, size);
  await city.profile("Cem", "chats");
  await until("the colleague has it", async () => {
    const { Reach } = await ask(page, { Reach: { group: direct, message: forwarded } });
    return Reach.reached.some(([, name]) => name === "Cem");
  });
});

test("locking closes every tab, and wiping leaves nothing", async () => {
  const other = await city.page(context);
  await ask(other, "LockNow");
  assert.ok("Locked" in (await ask(page, "Standing")).Lock);
  await ask(page, "WipeDevice");
  assert.deepEqual(await ask(other, "Standing"), { Lock: "Fresh" });
  const times = await page.evaluate(() => times);
  const most = new Map();
  for (const [kind, ms] of times) most.set(kind, Math.max(ms, most.get(kind) ?? 0));
  console.log(`    longest: ${[...most].map(([kind, ms]) => `${kind} ${ms.toFixed(0)} ms`).join(", ")}`);
});
