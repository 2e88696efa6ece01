def has_token(fields, name, token):
    values = [value for other, value in fields if other == name]
    return token.lower() in [word.strip().lower() for value in values for word in value.split(",")]
