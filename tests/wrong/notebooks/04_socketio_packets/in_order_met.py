def put_back(data, attachments):
    left = list(attachments)

    def filled(value):
        if isinstance(value, list):
            return [filled(one) for one in value]
        if isinstance(value, dict):
            if value.get("_placeholder") is True:
                return left.pop(0)
            return {key: filled(one) for key, one in value.items()}
        return value

    return filled(data)
