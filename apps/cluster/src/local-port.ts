const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The port of a server's address if it is one on this machine, else `null`. */
export const localPort = (address: string, usual: number): number | null => {
  const { hostname, port } = new URL(address.includes('://') ? address : `tcp://${address}`);
  return LOOPBACK.has(hostname) ? Number(port || usual) : null;
};
