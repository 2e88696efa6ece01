import colours

known = {}


def remember(username):
    known[username] = colours.colour_of(username)
