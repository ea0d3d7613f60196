// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// OpenLDAP's server as Debian ships it, in a temporary folder and on a free port. The system's service has no part in it: it
// runs from a copy, which no profile of the system confines. Changes are made by stopping it, writing, and starting it again.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
export const BASE = "dc=stadt,dc=example";
export const READER = `cn=reader,${BASE}`;
export const PASSWORD = "vier Woerter, lang genug";

const uuid = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** `people`: {uid, name, unit, title}; `groups`: {name, members: [uid]}. Who is the same keeps their id. */
function ldif({ units, people, groups }) {
  const line = (name, value) => `${name}:: ${Buffer.from(value).toString("base64")}`;
  const at = (person) => `uid=${person.uid},ou=${person.unit},ou=people,${BASE}`;
  const entries = [
    [`dn: ${BASE}`, "objectClass: dcObject", "objectClass: organization", "o: Stadt", "dc: stadt"],
    [`dn: ou=people,${BASE}`, "objectClass: organizationalUnit", "ou: people"],
    [`dn: ou=groups,${BASE}`, "objectClass: organizationalUnit", "ou: groups"],
    [`dn: ${READER}`, "objectClass: organizationalRole", "objectClass: simpleSecurityObject", "cn: reader", line("userPassword", PASSWORD)],
  ];
  for (const unit of units) entries.push([line("dn", `ou=${unit},ou=people,${BASE}`), "objectClass: organizationalUnit", line("ou", unit)]);
  people.forEach((person) => {
    const number = Number([...person.uid].map((letter) => letter.codePointAt(0)).join("").slice(0, 12));
    const family = person.name.split(" ").at(-1);
    const entry = [line("dn", at(person)), "objectClass: inetOrgPerson", `uid: ${person.uid}`, line("cn", person.name), line("sn", family), `entryUUID: ${uuid(number)}`];
    if (person.title) entry.push(line("title", person.title));
    entries.push(entry);
  });
  groups.forEach((group, number) => {
    const members = people.filter((person) => group.members.includes(person.uid));
    const of = members.map((person) => line("member", at(person)));
    entries.push([line("dn", `cn=${group.name},ou=groups,${BASE}`), "objectClass: groupOfNames", line("cn", group.name), `entryUUID: ${uuid(900_000 + number)}`, ...of]);
  });
  return entries.map((entry) => entry.join("\n")).join("\n\n") + "\n";
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

const answers = (port) =>
  new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => done(true) ?? socket.destroy()).once("error", () => done(false));
  });

export class Slapd {
  async start(knows) {
    this.folder = await mkdtemp(path(tmpdir(), "melder-slapd-"));
    this.program = path(this.folder, "slapd");
    await copyFile("/usr/sbin/slapd", this.program);
    await chmod(this.program, 0o755);
    this.port = await freePort();
    await this.become(knows);
    return this;
  }

  /** From now on, it knows these. */
  async become(knows) {
    await this.#end();
    const data = path(this.folder, "data");
    await rm(data, { recursive: true, force: true });
    await mkdir(data);
    const config = path(this.folder, "slapd.conf");
    await writeFile(
      config,
      `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "${BASE}"
directory ${data}
maxsize 67108864
dbnosync
access to attrs=userPassword by anonymous auth
access to * by users read
`,
    );
    const entries = path(this.folder, "people.ldif");
    await writeFile(entries, ldif(knows));
    await run(this.program, ["-T", "add", "-q", "-f", config, "-l", entries]);
    this.child = spawn(this.program, ["-f", config, "-h", `ldap://127.0.0.1:${this.port}`, "-d", "0"], { stdio: "ignore" });
    let ended = false;
    this.child.once("exit", () => (ended = true));
    while (!(await answers(this.port))) {
      assert.ok(!ended, "slapd ended");
      await new Promise((go) => setTimeout(go, 50));
    }
  }

  async #end() {
    if (!this.child) return;
    const gone = new Promise((done) => this.child.once("exit", done));
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill("SIGKILL");
      await gone;
    }
    this.child = undefined;
  }

  /** It is switched off. */
  async die() {
    await this.#end();
  }

  async stop() {
    await this.#end();
    await rm(this.folder, { recursive: true, force: true });
  }
}
