def register(sio):
    pass
