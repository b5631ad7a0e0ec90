import {
  AdminCommand,
  adminField,
  AdminField,
  type AdminMessage,
  decodeAdmin,
} from "../../../rehearsal/wire/admin";
import { Security, type Session } from "../../../rehearsal/service/security";

const DAY = 86_400_000;
const CREDENTIAL = Buffer.from("$2a$10$7EqJtq98hPqEX7fNZaFWoO1mVO/4MLpGzsqojz6E9Gef6iXDjXdDa");

let now = 0;
let security: Security;
let admin: Session;

beforeEach(() => {
  now = Date.UTC(2024, 7, 14);
  security = new Security(() => now);
  admin = { user: undefined };
  logIn("admin", CREDENTIAL, admin);
  expect(ask(AdminCommand.createUser, fields("loader", { password: "secret", roles: "read" })).result).toBe(
    0,
  );
});

function fields(user: string, more: { password?: string; roles?: string } = {}): AdminMessage["fields"] {
  return [
    { type: AdminField.user, value: Buffer.from(user) },
    ...(more.password ? [{ type: AdminField.password, value: Buffer.from(more.password) }] : []),
    ...(more.roles
      ? [
          {
            type: AdminField.roles,
            value: Buffer.from(`\x01${String.fromCharCode(more.roles.length)}${more.roles}`),
          },
        ]
      : []),
  ];
}

function ask(command: number, given: AdminMessage["fields"], session = admin): AdminMessage {
  const answer = security.handle(session, { result: 0, command, fields: given });
  return decodeAdmin(answer.subarray(8)).admin;
}

/** Logs in; gives the session's token. */
function logIn(user: string, credential: Buffer, session: Session = { user: undefined }): Buffer {
  const answer = ask(
    AdminCommand.login,
    [...fields(user), { type: AdminField.credential, value: credential }],
    session,
  );
  expect(answer.result).toBe(0);
  return Buffer.from(adminField(answer, AdminField.sessionToken)!);
}

/** What a new connection with a token comes to. */
function authenticate(user: string, token: Buffer): number {
  return ask(AdminCommand.authenticate, [...fields(user), { type: AdminField.sessionToken, value: token }], {
    user: undefined,
  }).result;
}

const secret = Buffer.from("secret");
const tokens = () => (security as unknown as { tokens: Map<string, unknown> }).tokens.size;

test("a session opens connections for a day", () => {
  const token = logIn("loader", secret);
  now += DAY;
  expect(authenticate("loader", token)).toBe(0);
  now += 1;
  expect(authenticate("loader", token)).toBe(65);
});

test("tokens that have expired are not kept: a login removes them", () => {
  for (let i = 0; i < 10; i++) logIn("loader", secret);
  expect(tokens()).toBe(11);
  now += DAY + 1;
  logIn("loader", secret);
  expect(tokens()).toBe(1);
});

test.each([
  ["the user is dropped", () => ask(AdminCommand.dropUser, fields("loader"))],
  [
    "the user's password is set",
    () => ask(AdminCommand.setPassword, fields("loader", { password: "other" })),
  ],
  [
    "the user changes the password",
    () =>
      ask(
        AdminCommand.changePassword,
        [...fields("loader", { password: "other" }), { type: AdminField.oldPassword, value: secret }],
        { user: "loader" },
      ),
  ],
])("when %s, its sessions open no further connection; those of others do", (_, change) => {
  const [own, others] = [logIn("loader", secret), logIn("admin", CREDENTIAL)];
  expect(authenticate("loader", own)).toBe(0);
  expect(change().result).toBe(0);
  expect(authenticate("loader", own)).toBe(65);
  expect(authenticate("admin", others)).toBe(0);
});
