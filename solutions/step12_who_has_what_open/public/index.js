import { io } from "/static/socket.io.js";

const socket = io();
let currentUser;

const status = document.querySelector("#status");
const openButtons = document.querySelectorAll(".open-modal");
const modals = document.querySelectorAll("dialog");
const modalsOpen = document.querySelector(".modals-open");
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
  // After a lost connection this is a new socket, in no room yet, and with nothing open.
  if (currentUser) {
    socket.emit("userConnected", currentUser);
  }
  const modal = document.querySelector("dialog[open]");
  if (modal) {
    socket.emit("openedModal", { modalIdentifier: modal.id });
  }
});

socket.on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
});

for (const button of openButtons) {
  button.addEventListener("click", () => {
    const modal = document.getElementById(button.value);
    modal.showModal();
    socket.emit("openedModal", { modalIdentifier: modal.id });
  });
}

for (const modal of modals) {
  // Called for the button in it, and for the Escape key.
  modal.addEventListener("close", () => {
    socket.emit("closedModal");
  });
}

socket.on("recModalInfo", (data) => {
  modalsOpen.replaceChildren();
  for (const [sid, modalIdentifier] of data.info) {
    const who = sid === socket.id ? "You" : `Visitor ${sid.slice(0, 4)}`;
    const item = document.createElement("li");
    item.textContent = `${who}: ${modalIdentifier}`;
    modalsOpen.append(item);
  }
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
