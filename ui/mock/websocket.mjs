// The server's half of a WebSocket (RFC 6455), as little of it as the mock needs: text out; ping, close and "ignored" in.
import { createHash } from "node:crypto";

const kMagic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

function frame(opcode, payload) {
  const length = payload.length;
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, length]), payload]);
  const header = Buffer.alloc(length < 65536 ? 4 : 10);
  header[0] = 0x80 | opcode;
  if (length < 65536) {
    header[1] = 126;
    header.writeUInt16BE(length, 2);
  } else {
    header[1] = 127;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([header, payload]);
}

/** Takes whole frames off the front of `buffer`; answers pings; returns what is left. */
function digest(socket, buffer) {
  while (buffer.length >= 6) {
    const opcode = buffer[0] & 0x0f;
    let length = buffer[1] & 0x7f;
    let at = 2;
    if (length === 126) (length = buffer.readUInt16BE(2)), (at = 4);
    if (length === 127) return socket.destroy(), Buffer.alloc(0); // nobody sends us that much
    if (buffer.length < at + 4 + length) return buffer;
    const mask = buffer.subarray(at, at + 4);
    const payload = Buffer.from(buffer.subarray(at + 4, at + 4 + length)).map((byte, i) => byte ^ mask[i % 4]);
    if (opcode === 8) socket.end(frame(8, payload));
    if (opcode === 9) socket.write(frame(10, payload));
    buffer = buffer.subarray(at + 4 + length);
  }
  return buffer;
}

/** Finishes the handshake. Returns {send, close}; calls `closed` once when the socket is gone. */
export function acceptWebSocket(request, socket, closed) {
  const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + kMagic).digest("base64");
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(/\s*,\s*/);
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${accept}\r\n` +
      (offered.includes("gemel.v1") ? "Sec-WebSocket-Protocol: gemel.v1\r\n" : "") + "\r\n");
  let rest = Buffer.alloc(0);
  socket.on("data", (data) => (rest = digest(socket, Buffer.concat([rest, data]))));
  socket.on("error", () => socket.destroy());
  socket.once("close", closed);
  return {
    send: (message) => socket.writable && socket.write(frame(1, Buffer.from(JSON.stringify(message)))),
    close: () => socket.destroy(),
  };
}
