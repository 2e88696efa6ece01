import { io } from "/static/socket.io.js";

const socket = io();

const status = document.querySelector("#status");
const userCount = document.querySelector(".user-count");

socket.on("connect", () => {
  status.textContent = "Connected";
});

socket.on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
  userCount.textContent = "";
});

socket.on("user count", (count) => {
  userCount.textContent = count === 1 ? "1 user is here" : `${count} users are here`;
});

// TODO 5: show the form when the socket is refused, and the chat when it is connected.
// TODO 5: show who comes and goes, send the message form, and show what is said.
