import { io } from "/static/socket.io.js";

const socket = io();
const word = document.querySelector("#word");

document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  socket.emit("shout", word.value);
});

socket.on("echoed", (text) => {
  document.querySelector("#wall").textContent = text;
});
