const status = document.querySelector("#status");

status.textContent = "The page is here, and its script runs.";
