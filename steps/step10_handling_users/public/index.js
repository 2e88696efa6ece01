import { io } from "/static/socket.io.js";

const socket = io();
// TODO 2: keep the name of the current user.

const status = document.querySelector("#status");
// TODO 2: find the forms, their inputs, and the parts of the page that are hidden and shown.

socket.on("connect", () => {
  status.textContent = "Connected";
  // TODO 2: after a lost connection, log in again.
});

socket.on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
});

// TODO 2: when a form is submitted, emit "registerUser" or "loginUser", and show the messages.

// TODO 2: on "noAccountFound", show the forms again, and what the server says.

// TODO 2: when a message is written, emit "sendAnotherUserAMessage"; show each "recMessage".
