def hearers(at, linked, room, speaker):
    if at[speaker] not in linked:
        return []
    return sorted(name for name in room if at[name] in linked)
