# TODO 1: write setup(app), login(request) and logout(request): sessions in an encrypted cookie.
# TODO 2: write username_of(request): the name in the session, or None.
