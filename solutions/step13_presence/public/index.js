import { io } from "/static/socket.io.js";

const socket = io();
let onlineUsers = new Map();
let asked = 0; // how often bind() has asked

const status = document.querySelector("#status");
const usernameForm = document.querySelector(".username-form");
const mainContainer = document.querySelector(".main-container");
const usersOnline = document.querySelector(".users-online");
const chatForm = document.querySelector(".chat-form");
const chatInput = document.querySelector("#chat-input");
const messageContainer = document.querySelector(".message-container");

function showLoggedIn(loggedIn) {
  usernameForm.hidden = loggedIn;
  mainContainer.hidden = !loggedIn;
}

// The request brings the cookie, and with it the server learns whose socket this is.
async function bind() {
  asked += 1;
  const mine = asked;
  const answer = await fetch(`/connected/${socket.id}`);
  // An answer from before the login may come after the one that counts.
  if (mine === asked) {
    showLoggedIn(answer.status !== 401);
  }
}

socket.on("connect", () => {
  status.textContent = "Connected";
  bind();
});

socket.on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
  // A socket that the server has ended does not try again by itself: the user has logged out.
  if (!socket.active) {
    status.textContent = "Logged out";
    showLoggedIn(false);
  }
});

usernameForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(usernameForm));
  const answer = await fetch("/login", { method: "POST", body });
  if (!answer.ok) {
    status.textContent = await answer.text();
  } else if (socket.connected) {
    bind();
  } else {
    socket.connect();
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

function showUsers() {
  usersOnline.replaceChildren();
  for (const username of onlineUsers.values()) {
    const user = document.createElement("li");
    user.className = "user-online";
    user.textContent = username;
    usersOnline.append(user);
  }
}

socket.on("onlineUsers", (users) => {
  onlineUsers = new Map(users.map((user) => [user.id, user.username]));
  showUsers();
});

socket.on("userJoined", (user) => {
  onlineUsers.set(user.id, user.username);
  showUsers();
  show(nameOf(user.username), "has come");
});

socket.on("userLeft", (user) => {
  show(nameOf(onlineUsers.get(user.id)), "has left");
  onlineUsers.delete(user.id);
  showUsers();
});

chatForm.addEventListener("submit", (event) => {
  event.preventDefault();
  socket.emit("chat message", chatInput.value);
  chatForm.reset();
});

socket.on("chat message", (data) => {
  show(nameOf(data.username), data.message);
});
