def take_out(data):
    replaced, attachments = [], []
    for value in data:
        if isinstance(value, bytes):
            attachments.append(value)
            value = {"_placeholder": True, "num": len(attachments) - 1}
        replaced.append(value)
    return replaced, attachments
