def parse(text):
    kind, rest = int(text[0]), text[1:]
    data = rest.lstrip("0123456789")
    number = rest.removesuffix(data)
    return kind, "/", int(number) if number else None, json.loads(data) if data else None
