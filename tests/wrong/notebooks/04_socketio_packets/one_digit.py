def parse(text):
    kind, rest, namespace, number = int(text[0]), text[1:], "/", None
    if rest.startswith("/"):
        namespace, _, rest = rest.partition(",")
    if rest[:1].isdecimal():
        number, rest = int(rest[0]), rest[1:]
    return kind, namespace, number, json.loads(rest) if rest else None
