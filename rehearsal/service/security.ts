import { randomBytes } from "node:crypto";
import {
  AdminCommand,
  AdminError,
  adminField,
  AdminField,
  type AdminMessage,
  decodeAdmin,
  encodeAdmin,
} from "../wire/admin";
import { Result } from "../wire/codes";
import type { DataRights } from "./messages";

/** Roles that a user can have. */
export const ROLES = ["read", "read-write", "sys-admin", "user-admin"] as const;
export type Role = (typeof ROLES)[number];

/** The credential of the password `admin`: bcrypt with the clients' constant salt. */
const ADMIN_CREDENTIAL = "$2a$10$7EqJtq98hPqEX7fNZaFWoO1mVO/4MLpGzsqojz6E9Gef6iXDjXdDa";
/** Life of a session token in seconds: `session-ttl`'s default. */
const SESSION_SECONDS = 86400;
/** Result of the last message of a query's answer. */
const QUERY_END = 50;

interface User {
  credential: Buffer;
  readonly roles: Set<Role>;
}

/** Who is behind a connection. */
export interface Session {
  user: string | undefined;
}

/** Users and roles of a cluster with security on; one for all its nodes. It starts with the user `admin`, password `admin`, role user-admin. */
export class Security {
  private readonly users = new Map<string, User>([
    ["admin", { credential: Buffer.from(ADMIN_CREDENTIAL), roles: new Set<Role>(["user-admin"]) }],
  ]);
  private readonly tokens = new Map<string, { user: string; until: number }>();

  constructor(private readonly now: () => number) {}

  /** What a session may do with data. */
  dataRights({ user }: Session): DataRights {
    const roles = this.rolesOf(user);
    const write = roles.has("read-write");
    return { read: write || roles.has("read"), write };
  }

  /** Whether a session may change the cluster. */
  mayAdminister({ user }: Session): boolean {
    return this.rolesOf(user).has("sys-admin");
  }

  /** Answers an admin message. Throws AdminError on bytes that are none. */
  handle(session: Session, admin: AdminMessage): Buffer {
    switch (admin.command) {
      case AdminCommand.login:
        return this.login(session, admin);
      case AdminCommand.authenticate:
        return this.authenticate(session, admin);
      case AdminCommand.changePassword:
        return this.changePassword(session, admin);
      case AdminCommand.queryUsers:
        return this.queryUsers(session, admin);
      default:
        return this.administer(session, admin);
    }
  }

  private login(session: Session, admin: AdminMessage): Buffer {
    const name = text(admin, AdminField.user);
    const user = this.users.get(name);
    if (!user) return status(admin, Result.invalidUser);
    const credential = adminField(admin, AdminField.credential);
    if (!credential) return status(admin, Result.invalidCredential);
    if (!credential.equals(user.credential)) return status(admin, Result.invalidPassword);
    for (const [old, { until }] of this.tokens) if (until < this.now()) this.tokens.delete(old);
    const token = randomBytes(24);
    this.tokens.set(token.toString("hex"), { user: name, until: this.now() + SESSION_SECONDS * 1000 });
    session.user = name;
    const ttl = Buffer.alloc(4);
    ttl.writeUInt32BE(SESSION_SECONDS);
    return encodeAdmin([
      {
        result: Result.ok,
        command: admin.command,
        fields: [
          { type: AdminField.sessionToken, value: token },
          { type: AdminField.sessionTtl, value: ttl },
        ],
      },
    ]);
  }

  private authenticate(session: Session, admin: AdminMessage): Buffer {
    const token = adminField(admin, AdminField.sessionToken)?.toString("hex") ?? "";
    const known = this.tokens.get(token);
    if (known?.user !== text(admin, AdminField.user) || known.until < this.now()) {
      return status(admin, Result.invalidCredential);
    }
    session.user = known.user;
    return status(admin, Result.ok);
  }

  private changePassword(session: Session, admin: AdminMessage): Buffer {
    const name = text(admin, AdminField.user);
    const user = this.users.get(name);
    if (session.user === undefined) return status(admin, Result.notAuthenticated);
    if (!user || session.user !== name) return status(admin, Result.roleViolation);
    const before = adminField(admin, AdminField.oldPassword);
    const after = adminField(admin, AdminField.password);
    if (!before?.equals(user.credential)) return status(admin, Result.invalidPassword);
    if (!after) return status(admin, Result.invalidPassword);
    user.credential = Buffer.from(after);
    this.forgetTokens(name);
    return status(admin, Result.ok);
  }

  /** What only a user-admin may do. */
  private administer(session: Session, admin: AdminMessage): Buffer {
    if (session.user === undefined) return status(admin, Result.notAuthenticated);
    if (!this.rolesOf(session.user).has("user-admin")) return status(admin, Result.roleViolation);
    const name = text(admin, AdminField.user);
    const user = this.users.get(name);
    const password = adminField(admin, AdminField.password);
    const roles = rolesIn(admin);
    switch (admin.command) {
      case AdminCommand.createUser:
        if (user) return status(admin, Result.userExists);
        if (name === "") return status(admin, Result.invalidUser);
        if (!password) return status(admin, Result.invalidPassword);
        if (!roles) return status(admin, Result.invalidRole);
        this.users.set(name, { credential: Buffer.from(password), roles: new Set(roles) });
        return status(admin, Result.ok);
      case AdminCommand.dropUser:
        if (!user) return status(admin, Result.invalidUser);
        this.users.delete(name);
        this.forgetTokens(name);
        return status(admin, Result.ok);
      case AdminCommand.setPassword:
        if (!user) return status(admin, Result.invalidUser);
        if (!password) return status(admin, Result.invalidPassword);
        user.credential = Buffer.from(password);
        this.forgetTokens(name);
        return status(admin, Result.ok);
      case AdminCommand.grantRoles:
      case AdminCommand.revokeRoles:
        if (!user) return status(admin, Result.invalidUser);
        if (!roles || roles.length === 0) return status(admin, Result.invalidRole);
        for (const role of roles) {
          if (admin.command === AdminCommand.grantRoles) user.roles.add(role);
          else user.roles.delete(role);
        }
        return status(admin, Result.ok);
      default:
        return status(admin, Result.invalidCommand);
    }
  }

  /** The user's sessions open no further connection. */
  private forgetTokens(name: string): void {
    for (const [token, { user }] of this.tokens) if (user === name) this.tokens.delete(token);
  }

  private queryUsers(session: Session, admin: AdminMessage): Buffer {
    if (session.user === undefined) return status(admin, Result.notAuthenticated);
    const wanted = adminField(admin, AdminField.user)?.toString("utf8");
    const mayAll = this.rolesOf(session.user).has("user-admin");
    if (!mayAll && wanted !== session.user) return status(admin, Result.roleViolation);
    if (wanted !== undefined && !this.users.has(wanted)) return status(admin, Result.invalidUser);
    const found = [...this.users].filter(([name]) => wanted === undefined || name === wanted);
    const end = { result: QUERY_END, command: admin.command, fields: [] };
    return encodeAdmin([
      ...found.map(([name, { roles }]) => ({
        result: Result.ok,
        command: admin.command,
        fields: [
          { type: AdminField.user, value: Buffer.from(name, "utf8") },
          { type: AdminField.roles, value: roleList([...roles]) },
        ],
      })),
      end,
    ]);
  }

  private rolesOf(user: string | undefined): ReadonlySet<Role> {
    return this.users.get(user ?? "")?.roles ?? new Set();
  }
}

/** The answer of a node without security to any admin message: security is not enabled. */
export function securityNotEnabled(body: Buffer): Buffer {
  return status(decodeAdmin(body).admin, Result.securityNotEnabled);
}

function status(admin: AdminMessage, result: number): Buffer {
  return encodeAdmin([{ result, command: admin.command, fields: [] }]);
}

function text(admin: AdminMessage, field: number): string {
  return adminField(admin, field)?.toString("utf8") ?? "";
}

/** Names in a list of roles, undefined where one is no role. */
function rolesIn(admin: AdminMessage): Role[] | undefined {
  const bytes = adminField(admin, AdminField.roles);
  if (!bytes || bytes.length === 0) return [];
  const out: Role[] = [];
  let at = 1;
  for (let i = 0; i < bytes[0]; i++) {
    if (at >= bytes.length) throw new AdminError("list of roles ends early");
    const end = at + 1 + bytes[at];
    const name = bytes.toString("utf8", at + 1, end) as Role;
    if (!ROLES.includes(name)) return undefined;
    out.push(name);
    at = end;
  }
  return out;
}

function roleList(roles: readonly Role[]): Buffer {
  return Buffer.concat([
    Buffer.of(roles.length),
    ...roles.map((role) => Buffer.concat([Buffer.of(role.length), Buffer.from(role)])),
  ]);
}
