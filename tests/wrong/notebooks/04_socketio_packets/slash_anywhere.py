def parse(text):
    kind, rest, namespace = int(text[0]), text[1:], "/"
    if "/" in rest:
        namespace, _, rest = rest.partition(",")
    data = rest.lstrip("0123456789")
    number = rest.removesuffix(data)
    return kind, namespace, int(number) if number else None, json.loads(data) if data else None
