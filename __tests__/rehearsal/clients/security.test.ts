/** @jest-environment ./__tests__/support/real-client-environment.js */
import { EVEN, LONDON } from "../support/clusters";
import {
  Aerospike,
  codeOf,
  connect,
  endAll,
  eventually,
  key,
  patient,
  rehearse,
} from "../support/real-client";
import { describeWith } from "../../support/requirements";

afterAll(endAll);

describeWith(["client for Node.js"], "a rehearsal cluster with security", () => {
  test("fails to connect without a user, with a wrong password and with an unknown user", async () => {
    const rehearsal = await rehearse({ topology: EVEN, security: true });
    for (const login of [{}, { user: "admin", password: "wrong" }, { user: "nobody", password: "admin" }]) {
      expect(await codeOf(connect(rehearsal.seeds[LONDON], login))).not.toBe("0");
    }
  });

  test("goes through the article's steps: admin may only grant, grants itself read-write, then writes", async () => {
    const rehearsal = await rehearse({ topology: EVEN, security: true });
    const admin = await connect(rehearsal.seeds[LONDON], { ...patient(), user: "admin", password: "admin" });
    expect(await codeOf(admin.put(key(1), { a: 1 }))).toBe("81");
    expect(await codeOf(admin.get(key(1)))).toBe("81");
    // The client takes an answer that begins with ERROR for a failure of its own.
    expect(await codeOf(admin.infoAny("recluster:"))).toBe("81");
    await admin.changePassword("admin", "better", null);
    expect(
      await codeOf(connect(rehearsal.seeds[LONDON], { ...patient(), user: "admin", password: "admin" })),
    ).not.toBe("0");
    expect(
      await codeOf(connect(rehearsal.seeds[LONDON], { ...patient(), user: "admin", password: "better" })),
    ).toBe("0");
    await admin.grantRoles("admin", ["read-write"], null);
    await admin.grantRoles("admin", ["sys-admin"], null);
    await eventually(
      () => codeOf(admin.put(key(1), { a: 1 })),
      (code) => code === "0",
    );
    expect((await admin.get(key(1))).bins).toEqual({ a: 1 });
    expect(await codeOf(admin.infoAny("recluster:"))).toBe("0");
    const users = await admin.queryUsers(null);
    expect(users.map(({ name, roles }) => [name, [...roles].sort()])).toEqual([
      ["admin", ["read-write", "sys-admin", "user-admin"]],
    ]);
  });

  test("keeps users apart: a reader cannot write, and only a user-admin may create users or grant roles", async () => {
    const rehearsal = await rehearse({ topology: EVEN, security: true });
    const admin = await connect(rehearsal.seeds[LONDON], { ...patient(), user: "admin", password: "admin" });
    await admin.createUser("loader", "secret", ["read-write"], null);
    await admin.createUser("reader", "secret", ["read"], null);
    expect(await codeOf(admin.createUser("loader", "secret", ["read-write"], null))).not.toBe("0");
    expect(await codeOf(admin.createUser("other", "secret", ["no-such-role"], null))).not.toBe("0");
    const loader = await connect(rehearsal.seeds[LONDON], {
      ...patient(),
      user: "loader",
      password: "secret",
    });
    const reader = await connect(rehearsal.seeds[LONDON], {
      ...patient(),
      user: "reader",
      password: "secret",
    });
    expect(await codeOf(loader.put(key(2), { a: 2 }))).toBe("0");
    expect(await codeOf(reader.put(key(2), { a: 3 }))).toBe("81");
    expect((await reader.get(key(2))).bins).toEqual({ a: 2 });
    expect(await codeOf(loader.grantRoles("reader", ["read-write"], null))).not.toBe("0");
    await admin.revokeRoles("loader", ["read-write"], null);
    expect(await codeOf(loader.put(key(2), { a: 4 }))).toBe("81");
  });

  test("is open where security is off, and says so to one who logs in", async () => {
    const rehearsal = await rehearse({ topology: EVEN });
    const client = await connect(rehearsal.seeds[LONDON], { ...patient(), user: "admin", password: "admin" });
    expect(await codeOf(client.put(key(3), { a: 3 }))).toBe("0");
    expect(Aerospike.status.SECURITY_NOT_ENABLED).toBe(52);
    expect(await codeOf(client.queryUsers(null))).toBe("52");
  });
});
