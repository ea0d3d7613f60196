// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// What must not go wrong, and does: a tab is closed, the disk is full, a file broken, the browser stores nothing, the clock is wrong
// by days, the server is somebody else. Each is said plainly, with a way on, and nothing that was written is lost.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before } from "node:test";

import { DESKTOP, PHONE, calm, fits, inBothThemes, join, newCity, ready, unlock, until, watch } from "./city.js";
import { add, arrive, button, dialog, field, log, message, open, row, sent, story, write } from "./steps.js";
import { word } from "./words.js";

const UNIT = "Verkehrsüberwachung";
const GROUP = "Bezirk 3 Maxvorstadt";

const step = story(() => city);
let city;
let cem;
let page;

before(async () => {
  city = await newCity({ groups: [{ name: GROUP, unit: UNIT }] });
  cem = await city.peer("Cem Aydin", { unit: UNIT });
  await until("Cem is in the group", async () => (await cem.run("members", GROUP).catch(() => "")).includes("Cem"));
  page = await arrive(city, "Monika Huber", { size: DESKTOP, chat: GROUP, invite: { unit: UNIT } });
  await open(page, GROUP);
  await write(page, "Ich bin da.");
  await cem.reads(GROUP, "Ich bin da.");
});

after(() => city?.stop());

/** A page whose worker runs after this code. It can't connect: what it finds is changed on the way to it. */
async function withWorker(code) {
  const page = await city.page(PHONE, { context: { serviceWorkers: "block" } });
  await page.route(/\/assets\/worker[^/]*\.js/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: `${code};\n${await answer.text()}` });
  });
  return page;
}

step("a second tab has everything; when the first is closed, it goes on, and nothing is lost", async () => {
  const second = await page.context().newPage();
  watch(second);
  await second.setViewportSize(DESKTOP);
  await ready(second);
  const locked = second.locator(`input[aria-label="${word("lock-label")}"]`);
  await locked.or(second.locator(".shell")).first().waitFor();
  if (await locked.count()) await unlock(second);
  await open(second, GROUP);
  await write(second, "Aus dem zweiten Fenster.");
  await message(page, "Aus dem zweiten Fenster.").waitFor();
  await field(page).fill("Halb geschrieben");
  await field(page).blur();
  await until("it is kept", async () => row(page, GROUP).getByText("Halb geschrieben").count());
  await page.close();
  const closed = Date.now();
  await button(second.locator(".bar--chat"), "chat-menu").click();
  await button(dialog(second), "chat-pin").click();
  await row(second, GROUP).getByText(word("pinned")).waitFor({ state: "attached" });
  console.log(`    the second tab went on after ${Date.now() - closed} ms`);
  await second.reload();
  await unlock(second);
  await until("what the first tab wrote stands in the second", async () => (await field(second).inputValue()) === "Halb geschrieben");
  await write(second, "Das erste ist zu.");
  await sent(second, "Das erste ist zu.");
  await cem.reads(GROUP, "Das erste ist zu.");
  await cem.send(GROUP, "Kommt an.");
  await message(second, "Kommt an.").waitFor();
  calm(second);
  page = second;
});

step("a server that is somebody else, and sends nonsense, gets nothing; what was written waits", async () => {
  city.network(false);
  city.instead = (socket) => {
    socket.on("error", () => {});
    socket.once("data", (head) => {
      const key = /Sec-WebSocket-Key: (.+)\r\n/i.exec(head.toString("latin1"))?.[1];
      if (!key) return socket.destroy();
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      const protocol = /Sec-WebSocket-Protocol: ([^,\r]+)/i.exec(head.toString("latin1"))?.[1];
      const chosen = protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : "";
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${chosen}Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
      // A binary frame of noise.
      socket.write(Buffer.concat([Buffer.from([0x82, 100]), randomBytes(100)]));
    });
  };
  city.open = true;
  try {
    await page.locator(".netbar").waitFor({ timeout: 30_000 });
    await write(page, "An den falschen Server.");
    await page.locator(".netbar", { hasText: word("net-offline", { count: 1 }) }).waitFor({ timeout: 60_000 });
    await inBothThemes(page, "hostile");
  } finally {
    city.network(false);
    city.instead = undefined;
    city.network(true);
  }
  await cem.reads(GROUP, "An den falschen Server.");
});

step("a full disk is said; what was written stays, and goes when there is room", async () => {
  const session = await page.context().newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: city.url, quotaSize: 1_000 });
  const chosen = page.waitForEvent("filechooser");
  await add(page, "add-file");
  await (await chosen).setFiles({ name: "Lageplan.pdf", mimeType: "application/pdf", buffer: randomBytes(8_000_000) });
  await field(page).fill("Hier der Plan.");
  await page.locator(".composer__send").click();
  await page.locator(".toast", { hasText: word("failure-disk_full") }).last().waitFor({ timeout: 60_000 });
  // The draft may have said it first, while the message was still on its way.
  await until("the text is back", async () => (await field(page).inputValue()) === "Hier der Plan.");
  await page.locator(".picked__one", { hasText: "Lageplan.pdf" }).waitFor();
  await inBothThemes(page, "disk-full");
  await session.send("Storage.overrideQuotaForOrigin", { origin: city.url });
  await page.locator(".composer__send").click();
  await cem.reads(GROUP, "Hier der Plan.");
});

step("a clock that is wrong by days keeps nobody from writing", async () => {
  const shift = () => {
    const now = Date.now.bind(Date);
    Date.now = () => now() - 5 * 86_400_000;
  };
  const wrong = await city.page(PHONE);
  await wrong.addInitScript(shift);
  wrong.on("worker", (worker) => worker.evaluate(shift));
  await join(wrong, await city.invite("Jonas Berger", { unit: UNIT }));
  await row(wrong, GROUP).first().waitFor({ timeout: 60_000 });
  await open(wrong, GROUP);
  await write(wrong, "Bei mir ist Dienstag.");
  await cem.reads(GROUP, "Bei mir ist Dienstag.");
  await cem.send(GROUP, "Bei uns nicht.");
  await message(wrong, "Bei uns nicht.").waitFor();
  const said = await log(wrong).locator("article.message").allInnerTexts();
  assert.ok(said.findIndex((text) => text.includes("Dienstag")) < said.findIndex((text) => text.includes("Bei uns nicht")), "in the server's order");
  await inBothThemes(wrong, "clock");
  await wrong.context().close();
});

step("a browser that stores nothing, as a private window may, is told what to do", async () => {
  for (const [name, code] of [
    ["refuses", "StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('no', 'SecurityError'))"],
    ["has none", "delete StorageManager.prototype.getDirectory"],
  ]) {
    const poor = await withWorker(code);
    await poor.goto("/");
    await poor.getByRole("heading", { name: word("no-storage"), exact: true }).waitFor();
    await poor.getByText(word("no-storage-next")).waitFor();
    if (name === "refuses") await inBothThemes(poor, "no-storage");
    await fits(poor);
    await poor.context().close();
  }
});

step("a broken database is said, with what is safe and the way back", async () => {
  await page.goto("/favicon.svg");
  const broken = await page.evaluate(async () => {
    const spoil = async (folder) => {
      let count = 0;
      for await (const entry of folder.values()) {
        if (entry.kind === "directory") {
          count += await spoil(entry);
          continue;
        }
        const size = (await entry.getFile()).size;
        if (size < 20_000) continue;
        const file = await entry.createWritable({ keepExistingData: true });
        for (let at = 4_096; at < size; at += 4_096) await file.write({ type: "write", position: at, data: new Uint8Array(256).fill(7) });
        await file.close();
        count += 1;
      }
      return count;
    };
    return spoil(await navigator.storage.getDirectory());
  });
  assert.ok(broken > 0, "there was a file to break");
  await ready(page);
  await page.locator(`input[aria-label="${word("lock-label")}"]`).fill("739415");
  await page.getByRole("heading", { name: word("damaged"), exact: true }).waitFor({ timeout: 30_000 });
  await page.getByText(word("damaged-next")).waitFor();
  await page.getByRole("button", { name: word("reload") }).waitFor();
  await inBothThemes(page, "damaged");
  await fits(page);
});
