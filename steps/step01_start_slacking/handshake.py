# RFC 6455, 1.3: what every WebSocket server joins to the key.
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def answer(head):
    # TODO 1: read the headers of the head, whose names count in any case.
    # TODO 1: answer a valid upgrade with 101 and the accept of its key, and choose a subprotocol.
    # TODO 2: answer 426 to what asks for no upgrade or another version, 400 to an ill key.
    return response("501 Not Implemented")


def response(status, *lines):
    # TODO 1: a 101 has no content, and the connection goes on: these headers are for the others.
    lines = (*lines, "Content-Length: 0", "Connection: close")
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode()
