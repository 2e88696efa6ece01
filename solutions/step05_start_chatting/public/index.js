import { io } from "/static/socket.io.js";

const socket = io();
let currentUser;

const status = document.querySelector("#status");
const usernameForm = document.querySelector(".username-form");
const usernameInput = document.querySelector("#username-input");
const mainContainer = document.querySelector(".main-container");
const usersOnline = document.querySelector(".users-online");
const chatForm = document.querySelector(".chat-form");
const chatInput = document.querySelector("#chat-input");
const messageContainer = document.querySelector(".message-container");

socket.on("connect", () => {
  status.textContent = "Connected";
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

socket.on("new user", (username) => {
  const user = document.createElement("li");
  user.className = "user-online";
  user.textContent = username;
  usersOnline.append(user);
});

chatForm.addEventListener("submit", (event) => {
  event.preventDefault();
  socket.emit("new message", { sender: currentUser, message: chatInput.value });
  chatForm.reset();
});

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
