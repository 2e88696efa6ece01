import { io } from "/static/socket.io.js";

const socket = io();
let currentUser;
// TODO 4: keep the current channel, and the names of all channels.
let onlineUsers = new Set();

const status = document.querySelector("#status");
const usernameForm = document.querySelector(".username-form");
const usernameInput = document.querySelector("#username-input");
const mainContainer = document.querySelector(".main-container");
const usersOnline = document.querySelector(".users-online");
const chatForm = document.querySelector(".chat-form");
const chatInput = document.querySelector("#chat-input");
const messageContainer = document.querySelector(".message-container");
// TODO 4: find the heading, the list of channels, the form and its input.

socket.on("connect", () => {
  status.textContent = "Connected";
  socket.emit("get online users");
  // TODO 4: ask for the channels, and enter the current one.
  // After a lost connection this is a new socket: the server has to hear the name again.
  if (currentUser) {
    socket.emit("new user", currentUser);
    status.textContent = `Connected as ${currentUser}`;
  }
});

socket.on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
});

usernameForm.addEventListener("submit", (event) => {
  event.preventDefault();
  currentUser = usernameInput.value.trim();
  socket.emit("new user", currentUser);
  usernameForm.hidden = true;
  mainContainer.hidden = false;
  status.textContent = `Connected as ${currentUser}`;
  chatInput.focus();
});

function showUsers() {
  usersOnline.replaceChildren();
  for (const username of onlineUsers) {
    const user = document.createElement("li");
    user.className = "user-online";
    user.textContent = username;
    usersOnline.append(user);
  }
}

socket.on("new user", (username) => {
  onlineUsers.add(username);
  showUsers();
});

socket.on("get online users", (users) => {
  onlineUsers = new Set(Object.keys(users));
  showUsers();
});

socket.on("user has left", (users) => {
  onlineUsers = new Set(Object.keys(users));
  showUsers();
});

chatForm.addEventListener("submit", (event) => {
  event.preventDefault();
  // TODO 5: say in which channel the message is.
  socket.emit("new message", { sender: currentUser, message: chatInput.value });
  chatForm.reset();
});

// TODO 5: a function that shows one message; use it on "new message" for those of the
//         current channel alone, and for the history of a channel that was changed to.
socket.on("new message", (data) => {
  const sender = document.createElement("strong");
  sender.className = "message-user";
  sender.textContent = data.sender;
  const message = document.createElement("p");
  message.className = "message";
  message.append(sender, data.message);
  messageContainer.append(message);
  message.scrollIntoView({ block: "nearest" });
});

// TODO 4: show the channels as buttons, the current one marked; a click changes the channel.

// TODO 4: when the form is submitted, emit "new channel".

// TODO 4: handle "new channel" and "get channels".

// TODO 5: handle "user changed channel".
