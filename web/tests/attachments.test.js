// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// What goes along with words: photos without what a camera hides in them, evidence with its proof, files across a lost network and a
// closed app, a voice, a place; and what the app says where the browser gives it neither camera nor microphone nor place.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, readdir } from "node:fs/promises";
import { join as path } from "node:path";
import { after, before } from "node:test";

import { PHONE, calm, fits, inBothThemes, newCity, unlock, until } from "./city.js";
import { add, arrive, button, dialog, field, go, log, message, open, received, story, write } from "./steps.js";
import { word } from "./words.js";

const UNIT = "Verkehrsüberwachung";
const GROUP = "Bezirk 3 Maxvorstadt";
const HIDDEN = "Kamera von Monika, 48.1501 N";
const HERE = { latitude: 48.1501, longitude: 11.5781, accuracy: 8 };

const step = story(() => city);
let city;
let cem;
let page;

before(async () => {
  city = await newCity({ groups: [{ name: GROUP, unit: UNIT }] });
  await city.admin("policy", "set", "location=true");
  cem = await city.peer("Cem Aydin", { unit: UNIT });
  await until("Cem is in the group", async () => (await cem.run("members", GROUP).catch(() => "")).includes("Cem"));
  page = await arrive(city, "Monika Huber", { size: PHONE, chat: GROUP, invite: { unit: UNIT } });
  await page.evaluate(() => navigator.serviceWorker.ready);
  await open(page, GROUP);
  await write(page, "Ich bin da.");
  await cem.reads(GROUP, "Ich bin da.");
});

after(() => city?.stop());

/** A photo as a camera makes it: large, and with something hidden in it. */
async function photo(width, height) {
  const plain = await page.evaluate(
    ([width, height]) => {
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width, height });
      const paint = canvas.getContext("2d");
      const sky = paint.createLinearGradient(0, 0, width, height);
      sky.addColorStop(0, "#97afe1");
      sky.addColorStop(1, "#51577a");
      paint.fillStyle = sky;
      paint.fillRect(0, 0, width, height);
      return canvas.toDataURL("image/jpeg").split(",")[1];
    },
    [width, height],
  );
  const bytes = Buffer.from(plain, "base64");
  const exif = Buffer.from(`Exif\0\0${HIDDEN}`);
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, exif.length + 2]), exif]);
  return Buffer.concat([bytes.subarray(0, 2), segment, bytes.subarray(2)]);
}

/** Width and height of a JPEG. */
function sides(jpeg) {
  for (let at = 2; at < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
    if ([0xc0, 0xc1, 0xc2].includes(jpeg[at + 1])) return [jpeg.readUInt16BE(at + 7), jpeg.readUInt16BE(at + 5)];
  }
  return assert.fail("no JPEG");
}

/** The files of a message, as they come to Cem. */
async function fetched(id) {
  const folder = await mkdtemp(path(city.folder, "files-"));
  await until("Cem fetches it", async () => {
    await cem.run("download", id, "-o", folder).catch(() => {});
    return (await readdir(folder)).some((name) => !name.startsWith(".") && !name.endsWith(".part"));
  });
  return Promise.all((await readdir(folder)).map((name) => readFile(path(folder, name))));
}

async function pick(id, file) {
  const chosen = page.waitForEvent("filechooser");
  await add(page, id);
  await (await chosen).setFiles(file);
  await page.locator(".picked__one").waitFor();
}

const send = () => page.locator(".composer__send").click();
/** The newest message that came to Cem with a file. */
const withFile = (holds) =>
  until("it has come", async () => {
    const [{ messages }] = await cem.json("read", GROUP);
    return messages.findLast((it) => it.attachments.length > 0 && holds(it));
  });

step("a photo goes smaller than it was, and without what the camera hid in it", async () => {
  const taken = await photo(4000, 3000);
  assert.ok(taken.includes(HIDDEN));
  await pick("add-gallery", { name: "IMG_1234.jpg", mimeType: "image/jpeg", buffer: taken });
  await page.getByLabel(word("photo-description")).fill("Sperrung an der Türkenstraße");
  await inBothThemes(page, "photo-picked");
  await fits(page);
  await field(page).fill("So sieht es aus.");
  await send();
  await message(page, "So sieht es aus.").locator(".photo img").waitFor();
  const [got] = await fetched((await withFile((it) => it.text.includes("So sieht"))).id);
  assert.ok(!got.includes(HIDDEN), "what the camera hid");
  assert.ok(!got.includes("Exif"));
  const [width, height] = sides(got);
  assert.ok(width <= 2560 && height <= 2560 && Math.abs(width / height - 4 / 3) < 0.01, `${width}×${height}`);
  await inBothThemes(page, "photo");
  await message(page, "So sieht es aus.").locator(".photo").click();
  await page.locator(".viewer img").waitFor();
  await inBothThemes(page, "photo-viewer");
  await button(page.locator(".viewer"), "close").click();
});

step("evidence says when and where it was taken, and its hash is that of what arrives", async () => {
  await page.context().grantPermissions(["geolocation"]);
  await page.context().setGeolocation(HERE);
  await pick("add-evidence", { name: "beweis.jpg", mimeType: "image/jpeg", buffer: await photo(1600, 1200) });
  await page.locator(".picked__proof", { hasText: word("evidence-with-place") }).waitFor();
  await inBothThemes(page, "evidence-picked");
  await field(page).fill("Feuerwehrzufahrt zugeparkt.");
  await send();
  await message(page, "Feuerwehrzufahrt").locator(".photo__tag").waitFor();
  const [got] = await fetched((await withFile((it) => it.text.includes("Feuerwehr"))).id);
  await message(page, "Feuerwehrzufahrt").locator(".photo").click();
  await page.locator(".viewer__evidence").waitFor();
  const said = (await page.locator(".viewer__evidence").innerText()).replace(/\s/g, "");
  assert.ok(said.includes(createHash("sha256").update(got).digest("hex")), said);
  assert.ok(said.includes("48,15010°N"), said);
  await inBothThemes(page, "evidence");
  await button(page.locator(".viewer"), "close").click();
});

step("a file that was sent without a network goes after the app was closed and opened again", async () => {
  const bytes = randomBytes(6_000_000);
  city.network(false);
  try {
    await page.locator(".netbar").waitFor({ timeout: 60_000 });
    await pick("add-file", { name: "Lageplan.pdf", mimeType: "application/pdf", buffer: bytes });
    await inBothThemes(page, "file-picked");
    await send();
    await message(page, "Lageplan.pdf").waitFor({ timeout: 60_000 });
    await page.getByText(word("net-offline", { count: 1 })).waitFor();
    await inBothThemes(page, "file-waits");
    await page.reload();
    await unlock(page);
    await message(page, "Lageplan.pdf").locator(".bubble__meta", { hasText: word("state-pending") }).waitFor();
  } finally {
    city.network(true);
  }
  const [got] = await fetched((await withFile((it) => JSON.stringify(it.attachments).includes("Lageplan"))).id);
  assert.ok(got.equals(bytes));
  await inBothThemes(page, "file");
});

step("a voice is recorded by a press, heard before it goes, and played faster", async () => {
  await button(page, "record-voice").click();
  await page.locator(".recorder [role=timer]", { hasText: "0:02" }).waitFor({ timeout: 60_000 });
  await inBothThemes(page, "recording");
  await button(page, "voice-stop").click();
  await button(page, "voice-listen").waitFor();
  await inBothThemes(page, "recorded");
  await button(page, "composer-send").click();
  const voice = log(page).locator(".voice").last();
  await voice.waitFor();
  assert.ok((await fetched((await withFile((it) => it.attachments.some((file) => /audio/.test(JSON.stringify(file))))).id))[0].length > 1_000);
  const speed = voice.locator(".voice__speed");
  const before = await speed.innerText();
  await speed.click();
  await until("it is faster", async () => (await speed.innerText()) !== before);
  await button(voice, "voice-play").click();
  await voice.getByRole("button", { name: new RegExp(`${word("voice-pause")}|${word("voice-play")}`) }).waitFor();
  await inBothThemes(page, "voice");
});

step("a place is shared once, or live until one stops it", async () => {
  await add(page, "kind-location");
  await dialog(page).getByText("48,15010° N").waitFor();
  await inBothThemes(page, "place-new");
  await fits(page);
  await dialog(page).getByLabel(word("location-label")).fill("Haupteingang");
  await button(dialog(page), "location-send").click();
  await message(page, "Haupteingang").getByText(word("location-once")).waitFor();
  await received(cem, GROUP, "Haupteingang");
  await add(page, "kind-location");
  await button(dialog(page), "span-minutes", { count: 15 }).click();
  await button(dialog(page), "location-send").click();
  await button(log(page), "location-stop").waitFor();
  await inBothThemes(page, "place-live");
  await button(log(page), "location-stop").click();
  await log(page).getByText(word("location-live-over")).waitFor();
});

step("where the browser gives no microphone, no place and no camera, it is said, with another way", async () => {
  await page.context().clearPermissions();
  await page.context().setGeolocation(null);
  await page.evaluate(() => {
    const no = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    navigator.mediaDevices.getUserMedia = no;
    navigator.geolocation.getCurrentPosition = (_, failed) => failed({ code: 1, PERMISSION_DENIED: 1, message: "no" });
  });
  await button(page, "record-voice").click();
  await page.getByText(word("voice-refused")).waitFor();
  await button(page, "choose-sound").waitFor();
  await inBothThemes(page, "microphone-refused");
  await page.locator(".composer").getByRole("button", { name: new RegExp(`${word("close")}|${word("cancel")}`) }).first().click();
  await add(page, "kind-location");
  await dialog(page).getByText(word("location-denied")).waitFor();
  await inBothThemes(page, "place-refused");
  await button(dialog(page), "cancel").click();
  await go(page, "/devices/link");
  await page.getByText(word("camera-refused")).waitFor();
  await button(page, "picture-choose").waitFor();
  await page.locator("#link-code").waitFor();
  await inBothThemes(page, "camera-refused");
  await fits(page);
});

step("nothing broke on the way", () => calm(page, { offline: true }));
