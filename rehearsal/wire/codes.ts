/** Result codes of the message protocol that a rehearsal node answers. */
export const Result = {
  ok: 0,
  serverError: 1,
  notFound: 2,
  generation: 3,
  parameter: 4,
  exists: 5,
  binExists: 6,
  serverFull: 8,
  timeout: 9,
  unavailable: 11,
  binType: 12,
  recordTooBig: 13,
  keyBusy: 14,
  unsupportedFeature: 16,
  binNotFound: 17,
  invalidNamespace: 20,
  binName: 21,
  forbidden: 22,
  elementNotFound: 23,
  elementExists: 24,
  enterpriseOnly: 25,
  opNotApplicable: 26,
  filteredOut: 27,
  lostConflict: 28,
  securityNotSupported: 51,
  securityNotEnabled: 52,
  invalidCommand: 54,
  invalidField: 55,
  illegalState: 56,
  invalidUser: 60,
  userExists: 61,
  invalidPassword: 62,
  invalidCredential: 65,
  invalidRole: 70,
  notAuthenticated: 80,
  roleViolation: 81,
  invalidGeoJson: 160,
} as const;

/** Bits of the first info byte of a message: how to read. */
export const Info1 = { read: 0x01, getAll: 0x02, batch: 0x08, noBins: 0x20 } as const;

/** Bits of the second info byte: how to write. */
export const Info2 = {
  write: 0x01,
  delete: 0x02,
  generation: 0x04,
  generationGreater: 0x08,
  durableDelete: 0x10,
  createOnly: 0x20,
  respondAllOps: 0x80,
} as const;

/** Bits of the third info byte: the end of a stream, what must exist, and the read mode of strong consistency. */
export const Info3 = {
  last: 0x01,
  commitMaster: 0x02,
  partitionDone: 0x04,
  updateOnly: 0x08,
  createOrReplace: 0x10,
  replaceOnly: 0x20,
  scReadType: 0x40,
  scReadRelax: 0x80,
} as const;

/** Fields of a message. */
export const Field = {
  namespace: 0,
  set: 1,
  key: 2,
  digest: 4,
  multiRecordTransaction: 5,
  multiRecordDeadline: 6,
  transactionId: 7,
  recordsPerSecond: 8,
  socketTimeout: 9,
  partitions: 11,
  digests: 12,
  maxRecords: 13,
  indexRange: 22,
  udfPackage: 30,
  batch: 41,
  filter: 43,
} as const;

/** Operations of a message. */
export const Op = {
  read: 1,
  write: 2,
  cdtRead: 3,
  cdtModify: 4,
  incr: 5,
  expressionRead: 7,
  expressionModify: 8,
  append: 9,
  prepend: 10,
  touch: 11,
  bitRead: 12,
  bitModify: 13,
  delete: 14,
  hllRead: 15,
  hllModify: 16,
} as const;

/** Particle types: what a bin's bytes mean. */
export const Particle = {
  null: 0,
  integer: 1,
  float: 2,
  string: 3,
  blob: 4,
  bool: 17,
  hll: 18,
  map: 19,
  list: 20,
  geojson: 23,
} as const;
