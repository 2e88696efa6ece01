import { io } from "/static/socket.io.js";

const socket = io();

const status = document.querySelector("#status");

socket.on("connect", () => {
  status.textContent = "Connected";
});

io().on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
});
