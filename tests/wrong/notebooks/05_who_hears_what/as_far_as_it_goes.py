def in_order(sent, heard):
    for sender, _ in sent:
        said = [text for who, text in sent if who == sender]
        came = [text for who, text in heard if who == sender]
        if any(one != other for one, other in zip(said, came, strict=False)):
            return False
    return True
