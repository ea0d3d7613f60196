// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Starts the engine. What the page asks before the program is there waits in `early`; the program takes it from there.
import start from "./{script}";

self.early = [];
self.onmessage = (event) => self.early.push(event.data);
start({ module_or_path: new URL("./{program}", import.meta.url) }).catch((error) => {
  // The page sees an error event, and can say that the app could not be loaded.
  setTimeout(() => {
    throw error;
  });
});
