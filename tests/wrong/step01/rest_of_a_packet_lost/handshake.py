import base64
import hashlib

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
PROTOCOLS = ("chat",)


def answer(head):
    try:
        headers = read_headers(head)
    except ValueError:
        return response("400 Bad Request")
    asked = "upgrade" in tokens(headers, "connection") and "websocket" in tokens(headers, "upgrade")
    if not asked or headers.get("sec-websocket-version") != "13":
        # RFC 6455, 4.4: say which version would do. RFC 9110, 15.5.22: and what to upgrade to.
        return response("426 Upgrade Required", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
    key = headers.get("sec-websocket-key", "")
    if not is_key(key):
        return response("400 Bad Request")
    agreed = [f"Sec-WebSocket-Protocol: {name}" for name in known_protocols(headers)[:1]]
    accept = f"Sec-WebSocket-Accept: {accept_key(key)}"
    return response(
        "101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", accept, *agreed
    )


def read_headers(head):
    request, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    # RFC 6455, 4.1: the request is a GET.
    if not request.startswith("GET "):
        raise ValueError(request)
    headers = {}
    for line in lines:
        name, value = line.split(":", 1)
        name, value = name.lower(), value.strip()
        # RFC 9110, 5.3: a header that comes twice is one whose values are joined by a comma.
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def tokens(headers, name):
    return [token.strip().lower() for token in headers.get(name, "").split(",")]


def known_protocols(headers):
    offered = headers.get("sec-websocket-protocol", "").split(",")
    return [name.strip() for name in offered if name.strip() in PROTOCOLS]


def is_key(key):
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except ValueError:
        return False


def accept_key(key):
    # RFC 6455, 4.2.2: the key is taken as it stands, not decoded.
    return base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()


def response(status, *lines):
    if not status.startswith("101"):
        lines = (*lines, "Content-Length: 0", "Connection: close")
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode()
