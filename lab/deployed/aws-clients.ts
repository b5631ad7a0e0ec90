/** Connections that a client holds at a time, and so its calls. */
const CONNECTIONS = 8;
const ATTEMPTS = 12;
/**
 * Milliseconds in which nothing comes or goes until a connection is given up: one whose network is gone never tells. A slow uplink
 * takes so long for what the kernel already has of an upload.
 */
const IDLE = 60_000;

/** The region that is asked about an account: the environment's, else the first of AWS's. */
export function homeRegion(): string {
  return process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? "us-east-1";
}

/** A client that asks for many things: few calls at a time, slower and again where AWS throttles. */
export function patient(region: string) {
  return {
    region,
    retryMode: "adaptive",
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: 10_000,
      socketTimeout: IDLE,
      httpAgent: { maxSockets: CONNECTIONS },
      httpsAgent: { maxSockets: CONNECTIONS },
      // Calls beyond that wait for their turn: meant, so no warning about it.
      socketAcquisitionWarningTimeout: 2 ** 31 - 1,
    },
  };
}
