// asinfo and asadm where the server of this host has TLS or wants a login: `info CONFIG COMMAND` and `users CONFIG FILE`, with the
// tools' configuration file. The server's certificate is held against the file's CA and TLS name.
const { Buffer } = require("node:buffer");
const { execFileSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { readFileSync, writeFileSync } = require("node:fs");
const net = require("node:net");
const process = require("node:process");
const tls = require("node:tls");

const INFO = 1;
const ADMIN = 2;
const COMMANDS = { createUser: 1, setPassword: 3, login: 20 };
const FIELDS = { user: 0, password: 1, credential: 3, roles: 10 };
/** Milliseconds that the server has to answer. */
const LIMIT = 5000;

const [what, file, asked] = process.argv.slice(2);
const config = Object.fromEntries(
  readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, name, value] = /^([a-z-]+) = (.+)$/.exec(line) ?? [];
      return name ? [[name, JSON.parse(value)]] : [];
    }),
);

/** What a password is on the wire: bcrypt with the clients' constant salt. It takes long: each is made once. */
function credentialOf(password) {
  const known = `/run/twin-credential-${createHash("sha256").update(password).digest("hex")}`;
  try {
    return readFileSync(known);
  } catch {
    const made = execFileSync("perl", ["-e", "print crypt(<STDIN>, q($2a$10$7EqJtq98hPqEX7fNZaFWoO))"], {
      input: password,
    });
    writeFileSync(known, made, { mode: 0o600 });
    return made;
  }
}

function connected() {
  const [host, port] = readFileSync("/etc/stretch/server", "utf8").split(":");
  return new Promise((resolve, reject) => {
    const socket = config["tls-enable"]
      ? tls.connect(
          { host, port, servername: config["tls-name"], ca: readFileSync(config["tls-cafile"]) },
          () => resolve(socket),
        )
      : net.connect(Number(port), host, () => resolve(socket));
    socket.once("error", reject);
    socket.setTimeout(LIMIT, () => socket.destroy(new Error("timed out")));
  });
}

/** Sends a frame; its answer's body. */
function answered(socket, type, body) {
  const header = Buffer.from([2, type, 0, 0, 0, 0, 0, 0]);
  header.writeUIntBE(body.length, 2, 6);
  socket.write(Buffer.concat([header, body]));
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const take = (more) => {
      bytes = Buffer.concat([bytes, more]);
      if (bytes.length < 8 || bytes.length < 8 + bytes.readUIntBE(2, 6)) return;
      socket.off("data", take);
      resolve(bytes.subarray(8));
    };
    socket.on("data", take);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the server closed the connection")));
  });
}

/** An admin message; throws with the code of a refusal. */
async function administer(socket, command, fields) {
  const head = Buffer.alloc(16);
  head[2] = command;
  head[3] = fields.length;
  const parts = fields.map(([id, value]) => {
    const part = Buffer.alloc(5);
    part.writeUInt32BE(value.length + 1);
    part[4] = id;
    return Buffer.concat([part, Buffer.from(value)]);
  });
  const answer = await answered(socket, ADMIN, Buffer.concat([head, ...parts]));
  if (answer[1] !== 0) throw new Error(`the server refuses with code ${answer[1]}`);
}

async function main() {
  const socket = await connected();
  if (config.user !== undefined) {
    const credential = credentialOf(config.password);
    await administer(socket, COMMANDS.login, [
      [FIELDS.user, config.user],
      [FIELDS.credential, credential],
    ]);
  }
  if (what === "info") {
    const answer = (await answered(socket, INFO, Buffer.from(`${asked}\n`))).toString("latin1");
    const isError = /^error:|\terror:/i.test(answer);
    process.stdout.write(isError ? answer : answer.slice(answer.indexOf("\t") + 1));
    return isError ? 1 : 0;
  }
  const command = readFileSync(asked, "utf8").trim();
  // As asadm does.
  process.stdout.write(`${command}\n`);
  const [, verb, user, password, roles] =
    /^manage acl (set-password|create) user (\S+) password (\S+)(?: roles (.+))?$/.exec(command);
  const fields = [
    [FIELDS.user, user],
    [FIELDS.password, credentialOf(password)],
  ];
  if (verb === "set-password") await administer(socket, COMMANDS.setPassword, fields);
  else {
    const names = roles.split(" ").map((role) => Buffer.from([role.length, ...Buffer.from(role)]));
    await administer(socket, COMMANDS.createUser, [
      ...fields,
      [FIELDS.roles, Buffer.concat([Buffer.from([names.length]), ...names])],
    ]);
  }
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    process.stdout.write(`ERROR: ${error.message}\n`);
    process.exit(1);
  },
);
