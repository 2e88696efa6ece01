def has_token(fields, name, token):
    values = [value for other, value in fields if other.lower() == name.lower()]
    return any(token.lower() in value.lower().split(",") for value in values)
