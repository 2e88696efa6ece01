import { io } from "/static/socket.io.js";

const socket = io();

const status = document.querySelector("#status");

socket.on("connect", () => {
  status.textContent = "Connected";
});

socket.on("disconnect", () => {
  status.textContent = "Connection lost, trying again";
});

// TODO 3: show the count when "user count" comes.
