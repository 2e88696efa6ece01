def has_token(fields, name, token):
    return any(
        other.lower() == name.lower() and token.lower() in value.lower() for other, value in fields
    )
