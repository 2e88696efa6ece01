document.title = "Chat, ready";
