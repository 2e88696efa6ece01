"""Python's own handler of files, which hangs up at a path with a null byte in it."""

import os
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class Pages(SimpleHTTPRequestHandler):
    def send_head(self):
        if self.path == "/":
            self.path = "/index.html"
        elif self.path.startswith("/public/") and not self.path.endswith("/"):
            self.path = self.path.removeprefix("/public")
        else:
            return self.send_error(404)
        return super().send_head()


address = "127.0.0.1", int(os.environ.get("PORT", "3000"))
ThreadingHTTPServer(address, partial(Pages, directory="public")).serve_forever()
