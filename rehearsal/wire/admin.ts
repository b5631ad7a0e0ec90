import { encodeFrame, FrameType } from "./frame";

/** Commands of the admin protocol that a node with security knows. */
export const AdminCommand = {
  authenticate: 0,
  createUser: 1,
  dropUser: 2,
  setPassword: 3,
  changePassword: 4,
  grantRoles: 5,
  revokeRoles: 6,
  queryUsers: 9,
  queryRoles: 16,
  login: 20,
} as const;

/** Fields of the admin protocol. */
export const AdminField = {
  user: 0,
  password: 1,
  oldPassword: 2,
  credential: 3,
  clearPassword: 4,
  sessionToken: 5,
  sessionTtl: 6,
  roles: 10,
  role: 11,
  privileges: 12,
} as const;

/** One admin request or answer: 16 bytes (result, command, count of fields), then fields. */
export interface AdminMessage {
  readonly result: number;
  readonly command: number;
  readonly fields: readonly { readonly type: number; readonly value: Buffer }[];
}

/** The bytes are not an admin message. */
export class AdminError extends Error {}

const HEADER = 16;

/** Decodes one admin message. Throws {@link AdminError}. */
export function decodeAdmin(body: Buffer, offset = 0): { admin: AdminMessage; end: number } {
  if (body.length - offset < HEADER) throw new AdminError("shorter than its header");
  const count = body[offset + 3];
  const fields: { type: number; value: Buffer }[] = [];
  let at = offset + HEADER;
  for (let i = 0; i < count; i++) {
    if (body.length - at < 5) throw new AdminError("ends within a field");
    const size = body.readUInt32BE(at);
    const end = at + 4 + size;
    if (size < 1 || end > body.length) throw new AdminError("field runs past the end");
    fields.push({ type: body[at + 4], value: body.subarray(at + 5, end) });
    at = end;
  }
  return { admin: { result: body[offset + 1], command: body[offset + 2], fields }, end: at };
}

/** A whole admin frame of one or more messages: clients send protocol version 0 and expect 2. */
export function encodeAdmin(messages: readonly AdminMessage[], version = 2): Buffer {
  return encodeFrame(FrameType.admin, Buffer.concat(messages.map(adminBytes)), version);
}

function adminBytes(m: AdminMessage): Buffer {
  const header = Buffer.alloc(HEADER);
  header[1] = m.result;
  header[2] = m.command;
  header[3] = m.fields.length;
  const fields = m.fields.map(({ type, value }) => {
    const out = Buffer.allocUnsafe(5 + value.length);
    out.writeUInt32BE(1 + value.length, 0);
    out[4] = type;
    value.copy(out, 5);
    return out;
  });
  return Buffer.concat([header, ...fields]);
}

/** The value of the first field of that type. */
export function adminField(m: AdminMessage, type: number): Buffer | undefined {
  return m.fields.find((field) => field.type === type)?.value;
}
