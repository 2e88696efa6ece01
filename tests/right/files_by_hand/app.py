import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

PUBLIC = (Path(__file__).parent / "public").resolve()
TYPES = {".html": "text/html; charset=utf-8", ".js": "Application/JavaScript"}


class Handler(BaseHTTPRequestHandler):
    """The standard library alone, and no folder /static/ at all."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        try:
            file = self.find("index.html" if path == "/" else path)
        except ValueError:
            self.send_error(500)
            return
        if file is None:
            self.send_error(404)
            return
        body = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", TYPES.get(file.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def find(self, path):
        try:
            file = (PUBLIC / path.removeprefix("/public/")).resolve()
            return file if file.is_relative_to(PUBLIC) and file.is_file() else None
        except OSError:
            # Too long for a name. Over a null byte it trips, and answers 500, as frameworks do.
            return None

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Handler).serve_forever()
