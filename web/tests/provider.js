// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// A city's log-in for tests: a real OpenID Provider (npm `oidc-provider`) on a free port, in a process of its own. It knows
// everybody by the name that is typed in, and asks for no password; whoever turns round has cancelled.
//
//   const provider = await newProvider({ redirect, port });   // in a test
//   node provider.js '{"redirects": ["http://localhost:1/…"]}' // what it starts
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(import.meta.url);

/** Starts one; `port`: on the same as one before it. */
export async function newProvider({ redirects, port = 0 }) {
  const child = spawn(process.execPath, [HERE, JSON.stringify({ redirects, port })], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const issuer = await new Promise((found, failed) => {
    child.once("exit", () => failed(new Error("the provider ended")));
    lines.once("line", (line) => found(JSON.parse(line).issuer));
  });
  child.removeAllListeners("exit");
  const stop = () =>
    new Promise((done) => {
      if (child.exitCode !== null || child.signalCode !== null) return done();
      child.once("exit", done);
      child.kill();
    });
  return { issuer, port: Number(new URL(issuer).port), stop };
}

const page = (uid) => `<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Stadt-SSO</title><link rel="icon" href="data:,"></head><body><main>
<h1>Anmeldung der Stadt</h1><form method="post" action="/interaction/${uid}"><label>Name <input name="login" autofocus></label>
<button>Anmelden</button></form><p><a href="/interaction/${uid}/abort">Abbrechen</a></p></main></body></html>`;

/** The fields of a form. */
async function form(request) {
  let text = "";
  for await (const part of request) text += part;
  return new URLSearchParams(text);
}

async function serve({ redirects, port }) {
  // What it says of being a test is nothing to a test.
  console.warn = () => {};
  console.info = () => {};
  const { default: Provider } = await import("oidc-provider");
  const server = createServer();
  await new Promise((done) => server.listen(port, "localhost", done));
  const issuer = `http://localhost:${server.address().port}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "melder",
        redirect_uris: redirects,
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "RS256" }] },
    cookies: { keys: ["for tests alone"] },
    claims: { openid: ["sub"], profile: ["preferred_username"], email: ["email", "email_verified"] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, preferred_username: id, email: `${id}@stadt.example`, email_verified: true }),
    }),
    // Whoever logs in agrees.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  });
  const answer = provider.callback();
  server.on("request", async (request, response) => {
    const [, first, uid, what] = request.url.split("?")[0].split("/");
    if (first !== "interaction") return answer(request, response);
    if (what === "abort") {
      const result = { error: "access_denied", error_description: "cancelled" };
      return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    }
    if (request.method === "POST") {
      const login = (await form(request)).get("login");
      return provider.interactionFinished(request, response, { login: { accountId: login } }, { mergeWithLastSubmission: false });
    }
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(page(uid));
  });
  console.log(JSON.stringify({ issuer }));
}

if (process.argv[1] === HERE && process.argv[2]?.startsWith("{")) await serve(JSON.parse(process.argv[2]));
