import { io } from "/static/socket.io.js";

const socket = io();

const status = document.querySelector("#status");
const usernameForm = document.querySelector(".username-form");
const mainContainer = document.querySelector(".main-container");
const userCount = document.querySelector(".user-count");
const chatForm = document.querySelector(".chat-form");
const chatInput = document.querySelector("#chat-input");
const messageContainer = document.querySelector(".message-container");

socket.on("connect", () => {
  status.textContent = "Connected";
  usernameForm.hidden = true;
  mainContainer.hidden = false;
});

socket.on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
  userCount.textContent = "";
});

socket.on("connect_error", (error) => {
  // A socket that the server refuses does not try again by itself.
  if (!socket.active) {
    status.textContent = error.message;
    usernameForm.hidden = false;
    mainContainer.hidden = true;
  }
});

function show(...parts) {
  const message = document.createElement("p");
  message.className = "message";
  message.append(...parts);
  messageContainer.append(message);
  message.scrollIntoView({ block: "nearest" });
}

function nameOf(username) {
  const user = document.createElement("strong");
  user.className = "message-user";
  user.textContent = username;
  return user;
}

socket.on("user", (data) => {
  const count = data.currentUsers;
  userCount.textContent = count === 1 ? "1 user is here" : `${count} users are here`;
  show(nameOf(data.username), data.connected ? "has come" : "has left");
});

chatForm.addEventListener("submit", (event) => {
  event.preventDefault();
  socket.emit("chat message", chatInput.value);
  chatForm.reset();
});

socket.on("chat message", (data) => {
  show(nameOf(data.username), data.message);
});
