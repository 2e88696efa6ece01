const fs = require("fs");
const http = require("http");
const path = require("path");
const { Server } = require("socket.io");

const PUBLIC = path.join(__dirname, "public");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "application/javascript" };

function fileOf(url) {
  // URL resolves every `..` that it knows; what is left is refused.
  const name = decodeURIComponent(new URL(url, "http://localhost").pathname);
  const file = path.join(PUBLIC, name === "/" ? "index.html" : name.replace("/public/", "/"));
  return file.startsWith(PUBLIC + path.sep) && fs.statSync(file).isFile() ? file : null;
}

const server = http.createServer((request, response) => {
  let file = null;
  try {
    file = fileOf(request.url);
  } catch {
    // No such file, too long for a name, or not well encoded.
  }
  response.writeHead(file ? 200 : 404, {
    "Content-Type": TYPES[path.extname(file || "")] || "text/plain",
  });
  response.end(file ? fs.readFileSync(file) : "Not found\n");
});
const io = new Server(server);

const onlineUsers = new Map();
const channels = new Map([["General", []]]);

io.on("connection", (socket) => {
  console.log("New user connected");

  socket.on("new user", (username) => {
    onlineUsers.set(username, socket.id);
    socket.data.username = username;
    console.log(`${username} has joined the chat`);
    io.emit("new user", username);
  });

  socket.on("new message", (data) => {
    if (channels.has(data.channel)) {
      channels.get(data.channel).push({ sender: data.sender, message: data.message });
      io.to(data.channel).emit("new message", data);
    }
  });

  function change(name) {
    socket.join(name);
    socket.emit("user changed channel", { channel: name, messages: channels.get(name) });
  }

  socket.on("new channel", (name) => {
    if (!channels.has(name)) {
      channels.set(name, []);
    }
    io.emit("new channel", name);
    change(name);
  });

  socket.on("user changed channel", (name) => {
    if (channels.has(name)) {
      change(name);
    }
  });

  socket.on("get channels", () => {
    socket.emit("get channels", [...channels.keys()]);
  });

  socket.on("get online users", () => {
    socket.emit("get online users", Object.fromEntries(onlineUsers));
  });

  socket.on("disconnect", () => {
    if (onlineUsers.delete(socket.data.username)) {
      io.emit("user has left", Object.fromEntries(onlineUsers));
    }
  });
});

server.listen(Number(process.env.PORT || 3000), "127.0.0.1");
