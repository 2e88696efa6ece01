import { io } from "/static/socket.io.js";

const socket = io();
let currentUser;

const status = document.querySelector("#status");
const account = document.querySelector(".account");
// TODO 4: remove what the page has no longer; find the button that logs out.
const accountMessage = document.querySelector(".account-message");
const registerForm = document.querySelector(".register-form");
const registerInput = document.querySelector("#register-input");
const loginForm = document.querySelector(".login-form");
const loginInput = document.querySelector("#login-input");
const mainContainer = document.querySelector(".main-container");
const chatHeading = document.querySelector("#chat-heading");
const messageContainer = document.querySelector(".message-container");
const messageForm = document.querySelector(".message-form");
const toInput = document.querySelector("#to-input");
const messageInput = document.querySelector("#message-input");

socket.on("connect", () => {
  status.textContent = "Connected";
  // After a lost connection this is a new socket: the server has to hear whose it is.
  // TODO 4: emit "userConnected" with the name.
  if (currentUser) {
    socket.emit("loginUser", { name: currentUser });
  }
});

socket.on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
});

function showChat(name) {
  currentUser = name;
  accountMessage.textContent = "";
  chatHeading.textContent = `Messages for ${name}`;
  messageContainer.replaceChildren();
  account.hidden = true;
  mainContainer.hidden = false;
  toInput.focus();
}

// TODO 4: remove this.
registerForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = registerInput.value.trim();
  socket.emit("registerUser", { name });
  showChat(name);
});

loginForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = loginInput.value.trim();
  // TODO 4: emit "userConnected" with the name.
  socket.emit("loginUser", { name });
  showChat(name);
});

// TODO 4: in place of this, handle a click on the button: emit "userDisconnected" with the name.
socket.on("noAccountFound", (data) => {
  currentUser = undefined;
  accountMessage.textContent = data.msg;
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
