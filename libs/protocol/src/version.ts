/** Version of the wire contract. A client sends it as `auth.protocol`; a gateway refuses a major it does not speak. */
export const PROTOCOL_VERSION = 1;

/** Path of the Socket.IO endpoint (Socket.IO protocol v5, Engine.IO v4). */
export const SOCKET_PATH = '/socket.io';
