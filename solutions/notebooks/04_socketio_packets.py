"""The exercises of 04_socketio_packets, finished."""

import json


def event(name, arguments, namespace="/", ack_id=None):
    """The text of an event's packet, without Engine.IO's 4 ("Packet encoding")."""
    start = "2" if namespace == "/" else f"2{namespace},"
    number = "" if ack_id is None else str(ack_id)
    return start + number + json.dumps([name, *arguments], separators=(",", ":"))


def parse(text):
    """The parts of a packet without attachments, as a tuple (type, namespace, ack id, data)."""
    kind, rest, namespace = int(text[0]), text[1:], "/"
    if rest.startswith("/"):
        namespace, _, rest = rest.partition(",")
    data = rest.lstrip("0123456789")
    number = rest.removesuffix(data)
    return kind, namespace, int(number) if number else None, json.loads(data) if data else None


def open_questions(said):
    """The client's questions without an answer, as a list of (namespace, ack id), oldest first."""
    waiting = []
    for by, text in said:
        kind, namespace, number, _ = parse(text)
        if by == "client" and kind == 2 and number is not None:
            waiting.append((namespace, number))
        elif by == "server" and kind == 3 and (namespace, number) in waiting:
            waiting.remove((namespace, number))
    return waiting


def take_out(data):
    """The data with a placeholder for each bytes in it, and a list of the bytes."""
    attachments = []

    def replaced(value):
        if isinstance(value, bytes):
            attachments.append(value)
            return {"_placeholder": True, "num": len(attachments) - 1}
        if isinstance(value, list):
            return [replaced(one) for one in value]
        if isinstance(value, dict):
            return {key: replaced(one) for key, one in value.items()}
        return value

    return replaced(data), attachments


def put_back(data, attachments):
    """The data with the attachments in the places of their placeholders."""
    if isinstance(data, list):
        return [put_back(one, attachments) for one in data]
    if isinstance(data, dict):
        if data.get("_placeholder") is True:
            return attachments[data["num"]]
        return {key: put_back(one, attachments) for key, one in data.items()}
    return data
