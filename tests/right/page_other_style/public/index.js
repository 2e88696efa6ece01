// One state, drawn again whenever it changes.
(function () {
  "use strict";

  const socket = window.io();
  const state = { name: "", channel: "General", users: {}, channels: [], messages: [] };
  const stage = document.getElementById("stage");

  document.getElementById("status").value = "ready";

  function element(tag, ...inside) {
    const made = document.createElement(tag);
    made.append(...inside);
    return made;
  }

  function enter(id) {
    stage.replaceChildren(document.getElementById(id).content.cloneNode(true));
    stage.querySelector("input").focus();
  }

  function join(name) {
    state.name = name;
    enter("room");
    socket.emit("new user", name);
    draw();
  }

  function draw() {
    if (!state.name) {
      return;
    }
    const people = Object.keys(state.users).map((name) =>
      element("span", "● ", element("b", name), name === state.name ? " (you) " : " "),
    );
    stage.querySelector(".users-online").replaceChildren(...people);
    const links = state.channels.map((name) => {
      const link = element("a", "# ", name);
      link.href = "#" + encodeURIComponent(name);
      if (name === state.channel) {
        link.setAttribute("aria-current", "page");
      }
      link.dataset.name = name;
      return element("div", link);
    });
    stage.querySelector(".channels").replaceChildren(...links);
    const newestFirst = [...state.messages].reverse();
    const rows = newestFirst.map((one) =>
      element("dl", element("dt", one.sender + ", just now:"), element("dd", one.message)),
    );
    stage.querySelector(".message-container").replaceChildren(...rows);
  }

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const input = event.target.querySelector("input");
    const text = input.value.trim();
    if (!text) {
      return;
    }
    input.value = "";
    if (event.target.matches(".username-form")) {
      sessionStorage.setItem("name", text);
      join(text);
    } else if (event.target.matches(".new-channel-form")) {
      socket.emit("new channel", text);
    } else {
      const message = { channel: state.channel, message: text, sender: state.name, at: Date.now() };
      socket.emit("new message", message);
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.dataset.name) {
      event.preventDefault();
      socket.emit("user changed channel", event.target.dataset.name);
    }
  });

  const changes = {
    "new user": (name) => void (state.users[name] = true),
    "get online users": (users) => void (state.users = users),
    "user has left": (users) => void (state.users = users),
    "get channels": (names) => void (state.channels = names),
    "new channel": (name) => void (state.channels = [...new Set([...state.channels, name])]),
    "user changed channel": (data) =>
      void Object.assign(state, { channel: data.channel, messages: data.messages }),
    "new message": (data) =>
      data.channel === state.channel && void (state.messages = [...state.messages, data]),
  };
  for (const [event, change] of Object.entries(changes)) {
    socket.on(event, (data) => {
      change(data);
      draw();
    });
  }

  socket.on("connect", () => {
    socket.emit("get online users");
    socket.emit("get channels");
    socket.emit("user changed channel", state.channel);
    // It is remembered by the tab, also when that is loaded again.
    const name = sessionStorage.getItem("name");
    if (state.name) {
      socket.emit("new user", state.name);
    } else if (name) {
      join(name);
    }
  });

  enter("door");
})();
