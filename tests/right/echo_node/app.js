// Node without a package: its HTTP parser, and frames by hand. Listens on every address.
const { createHash } = require("node:crypto");
const http = require("node:http");

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const server = http.createServer((request, response) => {
  response.writeHead(426, { Upgrade: "websocket", Connection: "Upgrade" }).end("Upgrade, please.");
});

server.on("upgrade", (request, socket, rest) => {
  socket.on("error", () => socket.destroy());
  const { "sec-websocket-key": key = "", "sec-websocket-version": version } = request.headers;
  if (version !== "13") {
    return socket.end("HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\n\r\n");
  }
  if (!/^[A-Za-z0-9+/]{22}==$/.test(key)) return socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
  const accept = createHash("sha1").update(key + GUID).digest("base64");
  const lines = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${accept}`];
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",");
  if (offered.some((name) => name.trim() === "chat")) lines.push("Sec-WebSocket-Protocol: chat");
  socket.write(["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n"));
  talk(socket, rest);
});

function isText(data) {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(data);
    return true;
  } catch {
    return false;
  }
}

function codeOf(data) {
  if (!data.length) return 1000;
  const code = data.length > 1 ? data.readUInt16BE() : 0;
  const sent = [[1000, 1003], [1007, 1014], [3000, 4999]];
  if (!sent.some(([from, to]) => from <= code && code <= to)) return 1002;
  return isText(data.subarray(2)) ? code : 1007;
}

function talk(socket, bytes) {
  let message = [];
  let kind = 0;
  let over = false;
  const send = (opcode, data) => {
    const size = data.length;
    const head = Buffer.alloc(size < 126 ? 2 : size < 65536 ? 4 : 10);
    head[0] = 0x80 | opcode;
    head[1] = size < 126 ? size : size < 65536 ? 126 : 127;
    if (head[1] === 126) head.writeUInt16BE(size, 2);
    if (head[1] === 127) head.writeBigUInt64BE(BigInt(size), 2);
    socket.write(Buffer.concat([head, data]));
  };
  const close = (code) => {
    over = true;
    send(8, Buffer.from([code >> 8, code & 0xff, ...Buffer.from("goodbye")]));
    socket.end();
  };
  const take = (final, opcode, data) => {
    if (opcode === 8) return close(codeOf(data));
    if (opcode === 9) return send(10, data);
    if (opcode === 10) return;
    if ((kind > 0) === (opcode > 0)) return close(1002);
    kind = kind || opcode;
    message.push(data);
    if (!final) return;
    const whole = Buffer.concat(message);
    const was = kind;
    message = [];
    kind = 0;
    if (was === 1 && !isText(whole)) return close(1007);
    send(was, whole);
  };
  const read = (data) => {
    bytes = Buffer.concat([bytes, data]);
    while (!over && bytes.length >= 2) {
      const [first, second] = bytes;
      const opcode = first & 0x0f;
      const short = second & 0x7f;
      const ill = opcode > 7 && (short > 125 || first < 0x80);
      if (first & 0x70 || ![0, 1, 2, 8, 9, 10].includes(opcode) || second < 0x80 || ill) {
        return close(1002);
      }
      const start = short < 126 ? 6 : short === 126 ? 8 : 14;
      if (bytes.length < start) return;
      const size =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
      if (size > 1e6) return close(1009);
      if (bytes.length < start + size) return;
      const key = bytes.subarray(start - 4, start);
      const payload = Buffer.from(bytes.subarray(start, start + size).map((b, i) => b ^ key[i % 4]));
      bytes = bytes.subarray(start + size);
      take(first >= 0x80, opcode, payload);
    }
  };
  socket.on("data", read);
  read(Buffer.alloc(0));
}

server.listen(Number(process.env.PORT ?? 3000));
