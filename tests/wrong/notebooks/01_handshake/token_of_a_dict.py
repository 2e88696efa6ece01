def has_token(fields, name, token):
    values = {other.lower(): value.lower() for other, value in fields}
    return token.lower() in [word.strip() for word in values.get(name.lower(), "").split(",")]
