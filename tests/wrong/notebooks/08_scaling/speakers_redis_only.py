def hearers(at, linked, room, speaker):
    return sorted(name for name in room if at[name] == at[speaker] or at[speaker] in linked)
