import { io } from "/static/socket.io.js";

const socket = io({ reconnection: false });

const status = document.querySelector("#status");

socket.on("connect", () => {
  status.textContent = "Connected";
});

socket.on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
});
