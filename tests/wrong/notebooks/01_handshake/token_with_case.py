def has_token(fields, name, token):
    values = [value for other, value in fields if other.lower() == name.lower()]
    return token in [word.strip() for value in values for word in value.split(",")]
