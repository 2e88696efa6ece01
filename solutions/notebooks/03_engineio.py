"""The exercises of 03_engineio, finished."""

import base64
import json


def longest_silence(packet):
    """After how many seconds without a ping the client gives the server up ("Heartbeat")."""
    said = json.loads(packet[1:])
    return (said["pingInterval"] + said["pingTimeout"]) / 1000


def answer(packet):
    """What a client sends back on a WebSocket, a str, or None ("Heartbeat", "Upgrade")."""
    if packet.startswith("2"):
        return "3" + packet[1:]
    return "5" if packet == "3probe" else None


def payload(packets):
    """The body of a request that carries these packets ("HTTP long-polling")."""
    return "\x1e".join(
        "b" + base64.b64encode(packet).decode() if isinstance(packet, bytes) else packet
        for packet in packets
    )


def messages(body):
    """The messages in a body, in order: str for text, bytes for binary ("HTTP long-polling")."""
    found = []
    for packet in body.split("\x1e"):
        if packet.startswith("b"):
            found.append(base64.b64decode(packet[1:]))
        elif packet.startswith("4"):
            found.append(packet[1:])
    return found


def heard(said, delay):
    """When each message is heard by polling; a list of ints."""
    times, answered = [], None
    for moment in said:
        if answered is None:
            answered = moment
        elif moment > answered:
            answered = max(moment, answered + 2 * delay)
        times.append(answered + delay)
    return times
