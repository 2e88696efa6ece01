def has_token(fields, name, token):
    return any(
        other.lower() == name.lower() and value.lower() == token.lower() for other, value in fields
    )
