import { io } from "/static/socket.io.js";

const socket = io();
const find = (selector) => document.querySelector(selector);
const panel = find("#panel");
let user = null;
let open = null;

function show(name) {
  open = name;
  panel.hidden = name === null;
  find("#name").textContent = name ?? "";
  if (name === null) {
    socket.emit("closedModal", {});
  } else {
    socket.emit("openedModal", { modalIdentifier: name });
    find("#done").focus();
  }
}

function be(name) {
  user = name;
  find(".account").hidden = name !== null;
  find(".main-container").hidden = name === null;
  find(".message-container").replaceChildren();
}

function row(...texts) {
  const made = document.createElement("tr");
  for (const text of texts) {
    made.insertCell().textContent = text;
  }
  return made;
}

find(".modal-buttons").onclick = ({ target }) => target.dataset.panel && show(target.dataset.panel);
find("#done").onclick = () => show(null);
document.onkeydown = ({ key }) => key === "Escape" && open !== null && show(null);

find(".account").onsubmit = (event) => {
  event.preventDefault();
  be(find("#login-input").value.trim());
  socket.emit("userConnected", user);
};
find(".logout").onclick = () => {
  socket.emit("userDisconnected", user);
  be(null);
};
find("#letter").onsubmit = (event) => {
  event.preventDefault();
  const [to, text] = [find("#to-input"), find("#message-input")];
  socket.emit("sendAnotherUserAMessage", { name: to.value.trim(), msg: text.value });
  text.value = "";
};

socket.on("recMessage", ({ msg }) => {
  const item = document.createElement("li");
  item.textContent = msg;
  find(".message-container").append(item);
});
socket.on("recModalInfo", ({ info }) => {
  const rows = info.map(([id, name]) => row(id === socket.id ? "This tab" : `Tab ${id}`, name));
  find(".modals-open").replaceChildren(...rows);
});
socket.on("disconnect", () => (find("#status").textContent = "Away"));
socket.on("connect", () => {
  find("#status").textContent = "Here";
  if (user !== null) {
    socket.emit("userConnected", user);
  }
  if (open !== null) {
    show(open);
  }
});
