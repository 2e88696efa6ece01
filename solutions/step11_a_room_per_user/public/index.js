import { io } from "/static/socket.io.js";

const socket = io();
let currentUser;

const status = document.querySelector("#status");
const account = document.querySelector(".account");
const loginForm = document.querySelector(".login-form");
const loginInput = document.querySelector("#login-input");
const logoutButton = document.querySelector(".logout");
const mainContainer = document.querySelector(".main-container");
const chatHeading = document.querySelector("#chat-heading");
const messageContainer = document.querySelector(".message-container");
const messageForm = document.querySelector(".message-form");
const toInput = document.querySelector("#to-input");
const messageInput = document.querySelector("#message-input");

socket.on("connect", () => {
  status.textContent = "Connected";
  // After a lost connection this is a new socket, and in no room yet.
  if (currentUser) {
    socket.emit("userConnected", currentUser);
  }
});

socket.on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
});

function showChat(name) {
  currentUser = name;
  chatHeading.textContent = `Messages for ${name}`;
  messageContainer.replaceChildren();
  account.hidden = true;
  mainContainer.hidden = false;
  toInput.focus();
}

loginForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = loginInput.value.trim();
  socket.emit("userConnected", name);
  showChat(name);
});

logoutButton.addEventListener("click", () => {
  socket.emit("userDisconnected", currentUser);
  currentUser = undefined;
  account.hidden = false;
  mainContainer.hidden = true;
  loginInput.focus();
});

messageForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = toInput.value.trim();
  socket.emit("sendAnotherUserAMessage", { name, msg: messageInput.value });
  messageInput.value = "";
});

socket.on("recMessage", (data) => {
  const message = document.createElement("p");
  message.className = "message";
  message.textContent = data.msg;
  messageContainer.append(message);
  message.scrollIntoView({ block: "nearest" });
});
