def put_back(data, attachments):
    if isinstance(data, list):
        return [put_back(one, attachments) for one in data]
    if isinstance(data, dict):
        if "num" in data:
            return attachments[data["num"]]
        return {key: put_back(one, attachments) for key, one in data.items()}
    return data
