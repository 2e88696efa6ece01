import { io } from "/static/socket.io.js";

const socket = io();
// TODO 2: keep the name of this page's user, once there is one.

const status = document.querySelector("#status");
// TODO 2: find the form, its input, the main container and the list.

socket.on("connect", () => {
  status.textContent = "Connected";
});

socket.on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
});

// TODO 2: when the form is submitted, emit "new user" and show the chat instead of the form.

// TODO 3: on "new user", add the name to the list, as text.
