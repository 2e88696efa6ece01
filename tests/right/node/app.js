const http = require("http");
const { Server } = require("socket.io");

const server = http.createServer((request, response) => {
  response.writeHead(404, { "Content-Type": "text/plain" });
  response.end("Not found\n");
});
const io = new Server(server);

const onlineUsers = new Map();

io.on("connection", (socket) => {
  console.log("New user connected");

  socket.on("new user", (username) => {
    onlineUsers.set(username, socket.id);
    socket.data.username = username;
    console.log(`${username} has joined the chat`);
    io.emit("new user", username);
  });

  socket.on("new message", (data) => {
    console.log(`${data.sender}: ${data.message}`);
    io.emit("new message", data);
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
