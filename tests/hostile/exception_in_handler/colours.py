COLOURS = {"a": "amber", "b": "blue"}


def colour_of(username):
    return COLOURS["first letter of " + username]
