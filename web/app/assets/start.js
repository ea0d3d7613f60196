// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Behind the kit's start.js: the service worker beside the app.
const workers = navigator.serviceWorker;

/** The newest version takes over, and the page loads anew; without a new one, or without a worker, it only loads anew. */
const update = async () => {
  const registration = await workers?.getRegistration();
  if (!registration) return location.reload();
  workers.addEventListener("controllerchange", () => location.reload(), { once: true });
  if (!registration.waiting) await registration.update();
  const coming = registration.installing;
  if (coming) {
    await new Promise((settled) => {
      coming.addEventListener("statechange", () => coming.state === "installing" || settled());
    });
  }
  if (!registration.waiting) return location.reload();
  registration.waiting.postMessage({ type: "activate" });
};
// Before anything is waited for: who may not write with this version must always get to the next one.
addEventListener("melder-update-now", () => update().catch(() => location.reload()));

if (workers) {
  // Told to whoever listens: a new version waits, or a push came.
  const alarmed = () => dispatchEvent(new CustomEvent("melder-push", { detail: { reason: "alarm" } }));
  workers.addEventListener("message", (event) => {
    if (event.data?.type === "melder-alarm") alarmed();
    else if (event.data?.type) dispatchEvent(new CustomEvent(`melder-${event.data.type}`, { detail: event.data }));
  });
  // What was opened from a notification while the app ran.
  addEventListener("melder-open", (event) => {
    if (typeof event.detail.path === "string" && event.detail.path !== location.pathname) {
      history.pushState(null, "", event.detail.path);
      dispatchEvent(new PopStateEvent("popstate"));
    }
  });
  const settle = async () => {
    const registration = await workers.register("/sw.js", { type: "classic", updateViaCache: "none" });
    const { active } = await workers.ready;
    active?.postMessage({ type: "language", language: spoken() });
    // Said once the app listens.
    if (registration.waiting) started.then(() => dispatchEvent(new CustomEvent("melder-update")), () => {});
    // An alarm may have come while no page was there: its notification still stands, until all are confirmed.
    const shown = async () => (await registration.getNotifications?.({ tag: "alarm" })) ?? [];
    addEventListener("melder-no-alarm", async () => {
      for (const notification of await shown()) notification.close();
    });
    if ((await shown()).length) started.then(alarmed, () => {});
  };
  // Without it the app works all the same, but not offline: no word to the person, who may have forbidden it.
  const soon = () => settle().catch((error) => console.warn(`no service worker: ${error.message}`));
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon, { once: true });
}
