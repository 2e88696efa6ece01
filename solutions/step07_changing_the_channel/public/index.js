import { io } from "/static/socket.io.js";

const socket = io();
let currentUser;
let currentChannel = "General";
let onlineUsers = new Set();
let channelNames = new Set();

const status = document.querySelector("#status");
const usernameForm = document.querySelector(".username-form");
const usernameInput = document.querySelector("#username-input");
const mainContainer = document.querySelector(".main-container");
const usersOnline = document.querySelector(".users-online");
const chatForm = document.querySelector(".chat-form");
const chatInput = document.querySelector("#chat-input");
const messageContainer = document.querySelector(".message-container");
const chatHeading = document.querySelector("#chat-heading");
const channels = document.querySelector(".channels");
const newChannelForm = document.querySelector(".new-channel-form");
const newChannelInput = document.querySelector("#new-channel-input");

socket.on("connect", () => {
  status.textContent = "Connected";
  socket.emit("get online users");
  socket.emit("get channels");
  socket.emit("user changed channel", currentChannel);
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
  socket.emit("new message", {
    sender: currentUser,
    message: chatInput.value,
    channel: currentChannel,
  });
  chatForm.reset();
});

function showMessage(data) {
  const sender = document.createElement("strong");
  sender.className = "message-user";
  sender.textContent = data.sender;
  const message = document.createElement("p");
  message.className = "message";
  message.append(sender, data.message);
  messageContainer.append(message);
  message.scrollIntoView({ block: "nearest" });
}

socket.on("new message", (data) => {
  // Channels that were open before may still send their messages here.
  if (data.channel === currentChannel) {
    showMessage(data);
  }
});

function showChannels() {
  channels.replaceChildren();
  for (const name of channelNames) {
    const button = document.createElement("button");
    button.className = "channel";
    button.textContent = name;
    if (name === currentChannel) {
      button.classList.add("channel-current");
      button.ariaCurrent = "true";
    }
    button.addEventListener("click", () => socket.emit("user changed channel", name));
    const item = document.createElement("li");
    item.append(button);
    channels.append(item);
  }
}

newChannelForm.addEventListener("submit", (event) => {
  event.preventDefault();
  socket.emit("new channel", newChannelInput.value.trim());
  newChannelForm.reset();
});

socket.on("new channel", (name) => {
  channelNames.add(name);
  showChannels();
});

socket.on("get channels", (names) => {
  channelNames = new Set(names);
  showChannels();
});

socket.on("user changed channel", (data) => {
  currentChannel = data.channel;
  chatHeading.textContent = data.channel;
  showChannels();
  messageContainer.replaceChildren();
  data.messages.forEach(showMessage);
  chatInput.focus();
});
