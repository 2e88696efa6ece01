import { io } from "/static/socket.io.js";

const socket = io();
let currentUser;

const status = document.querySelector("#status");
const usernameForm = document.querySelector(".username-form");
const usernameInput = document.querySelector("#username-input");
const mainContainer = document.querySelector(".main-container");
const usersOnline = document.querySelector(".users-online");

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
});

socket.on("new user", (username) => {
  const user = document.createElement("li");
  user.className = "user-online";
  user.textContent = username;
  usersOnline.append(user);
});
