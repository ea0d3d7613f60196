// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Keeps the app for when there is no network, and shows that a message came. It sees no message and no key: a push has
// no content, and what goes between device and server never passes here.
"use strict";

const VERSION = "{version}";
const FILES = {files};
const TEXTS = {texts};
const PAGES = {pages};

const CACHE = `melder-${VERSION}`;
const SETTINGS = "melder-settings";
const LANGUAGE = "/language";
const TICKET = "/ticket";
const MUTED = "/muted";
/** So long the server has to say what a push was for, in milliseconds. */
const PATIENCE = 5_000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll(FILES.map((path) => new Request(path, { cache: path.startsWith("/assets/") ? "default" : "reload" })));
      // The old version goes on until it is closed, or until the person says "now".
      if (self.registration.active) await tell({ type: "update" });
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("melder-") && name !== CACHE && name !== SETTINGS) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const first = url.pathname.split("/")[1];
  if (request.mode === "navigate") {
    if (PAGES.includes(first)) event.respondWith(kept("/", request));
  } else if (first === "assets" || FILES.includes(url.pathname)) {
    event.respondWith(kept(url.pathname, request));
  }
});

/** What is kept under this path, or what the network gives. */
async function kept(path, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path, { ignoreVary: true })) ?? fetch(request);
}

async function pages() {
  return self.clients.matchAll({ type: "window", includeUncontrolled: true });
}

async function tell(what) {
  for (const page of await pages()) page.postMessage(what);
}

self.addEventListener("message", (event) => {
  if (event.data?.type === "activate") self.skipWaiting();
  if (event.data?.type === "language" && typeof event.data.language === "string") {
    const keep = caches.open(SETTINGS).then((cache) => cache.put(LANGUAGE, new Response(event.data.language)));
    event.waitUntil(keep);
  }
  // A page runs and nobody looks at it: it has fetched what came, so no push will.
  if (event.data?.type === "show" && ["alarm", "message"].includes(event.data.kind)) event.waitUntil(show(event.data.kind));
  if (event.data?.type === "muted" && typeof event.data.chats === "string") {
    const keep = caches.open(SETTINGS).then((cache) => cache.put(MUTED, new Response(event.data.chats)));
    event.waitUntil(keep);
  }
  if (event.data?.type === "ticket" && typeof event.data.ticket === "string") {
    const keep = caches.open(SETTINGS).then((cache) => cache.put(TICKET, new Response(event.data.ticket)));
    event.waitUntil(keep);
  }
});

/** Which chats are muted, until when: [id, milliseconds] each. The server does not know it. */
async function muted() {
  try {
    const cache = await caches.open(SETTINGS);
    return new Map(await (await cache.match(MUTED))?.json());
  } catch {
    return new Map();
  }
}

/** What a push was for: "message", "quiet" (all of it in muted chats), "alarm", "test"; null: the server did not say. */
async function reason() {
  try {
    const cache = await caches.open(SETTINGS);
    const ticket = await (await cache.match(TICKET))?.text();
    if (!ticket) return null;
    const answer = await fetch("/v1/push", {
      headers: { authorization: `Bearer ${ticket}` },
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) return null;
    const [why, ...groups] = (await answer.text()).split("\n");
    const quiet = await muted();
    const hushed = groups.length > 0 && groups.every((group) => quiet.get(group) > Date.now());
    return why === "message" && hushed ? "quiet" : why;
  } catch {
    return null;
  }
}

async function texts() {
  const cache = await caches.open(SETTINGS);
  const kept = await (await cache.match(LANGUAGE))?.text();
  return TEXTS[(kept ?? self.navigator.language).toLowerCase().startsWith("de") ? "de" : "en"];
}

self.addEventListener("push", (event) => {
  // There is nothing in it.
  event.waitUntil(
    (async () => {
      const why = await reason();
      await tell({ type: "push", reason: why });
      await show(["alarm", "test", "quiet"].includes(why) ? why : "message");
    })(),
  );
});

async function show(kind) {
  const watched = (await pages()).some((page) => page.visibilityState === "visible" && page.focused);
  // Whoever looks at the app sees a message there.
  if (watched && (kind === "message" || kind === "quiet")) return;
  const words = await texts();
  const alarm = kind === "alarm";
  // A browser wants something shown for each push: of a muted chat without a sound, and not again.
  const loudness =
    kind === "quiet"
      ? { silent: true, renotify: false }
      : { renotify: true, vibrate: alarm ? [800, 200, 800, 200, 800, 200, 800] : [200] };
  await self.registration.showNotification(words[`push-${kind}-title`], {
    body: words[`push-${kind}-text`],
    tag: kind,
    requireInteraction: alarm,
    ...loudness,
    icon: "{icon}",
    badge: "{badge}",
    data: { path: kind === "test" ? "/notifications" : "/" },
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path = event.notification.data?.path ?? "/";
  event.waitUntil(
    (async () => {
      const open = await pages();
      const page = open.find((page) => page.focused) ?? open[0];
      if (!page) return self.clients.openWindow(path);
      await page.focus();
      if (path !== "/") page.postMessage({ type: "open", path });
    })(),
  );
});

self.addEventListener("pushsubscriptionchange", (event) => {
  // The app asks for a new one as soon as it is open; only it can tell the server.
  event.waitUntil(tell({ type: "push-changed" }));
});
