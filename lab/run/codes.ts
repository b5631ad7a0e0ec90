/** What an application does on a code (docs/predictions.md). */
export const CODES: Readonly<Record<string, string>> = {
  "0": "ok",
  "2": "no such record",
  "3": "another generation: read again",
  "5": "the record is there already",
  "9": "timeout: in doubt where the client says so; read before writing again",
  "11": "partition unavailable: try again later, or at another region",
  "14": "key busy: try again",
  "22": "forbidden: a durable delete is needed, or the clocks differ too much",
  "-1": "the client's own error",
  "-6": "no connection to the node: try again",
  "-7": "no more connections: fewer operations at the same time",
  "-8": "no node known for the partition: try again later",
  "-14": "the client's circuit breaker: slow down",
};
