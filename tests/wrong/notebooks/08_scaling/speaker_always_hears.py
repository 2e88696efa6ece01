def hearers(at, linked, room, speaker):
    reached = {at[speaker], *(linked if at[speaker] in linked else [])}
    return sorted({speaker, *(name for name in room if at[name] in reached)})
