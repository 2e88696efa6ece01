// The Socket.IO browser client, as an ES module:  import { io } from "/static/socket.io.js";
//
// It comes from node_modules, where `make static` puts it. Where it is not installed, it comes
// from the network, and the browser holds it against the hash of the very same file.

const installed = "/static/node_modules/socket.io-client/dist/socket.io.min.js";
const published = "https://cdn.jsdelivr.net/npm/socket.io-client@4.8.4/dist/socket.io.min.js";
const integrity = "sha384-fBrXvbDtHoeKWJ/hcA6M+YGueiDW+h45I7V6F2kD1S8bOkrF9rZYPLVkCR6BLR/1";

function load(attributes) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), attributes);
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${script.src} cannot be loaded`));
    document.head.append(script);
  });
}

try {
  await load({ src: installed });
} catch {
  await load({ src: published, integrity, crossOrigin: "anonymous" });
}

export const io = window.io;
