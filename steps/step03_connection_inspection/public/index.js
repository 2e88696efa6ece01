// TODO 3: import io, make the socket, and say in #status whether it is connected.
const status = document.querySelector("#status");

status.textContent = "The page is here, and its script runs.";
