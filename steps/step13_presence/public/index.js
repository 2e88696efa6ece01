import { io } from "/static/socket.io.js";

const socket = io();
// TODO 5: a Map of the users who are online: id and username.

const status = document.querySelector("#status");
const usernameForm = document.querySelector(".username-form");
const mainContainer = document.querySelector(".main-container");
// TODO 5: the list takes the place of the count.
const userCount = document.querySelector(".user-count");
const chatForm = document.querySelector(".chat-form");
const chatInput = document.querySelector("#chat-input");
const messageContainer = document.querySelector(".message-container");

// TODO 5: once connected, fetch /connected/ and the socket's id. Show the form for a 401.
socket.on("connect", () => {
  status.textContent = "Connected";
  usernameForm.hidden = true;
  mainContainer.hidden = false;
});

// TODO 5: after a logout the server ends the connection: show the form.
socket.on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
  userCount.textContent = "";
});

// TODO 5: nobody is refused any more. Let the login form fetch /login, then bind the socket.
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

// TODO 5: "onlineUsers", "userJoined" and "userLeft" take the place of "user".
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
