# TODO 1: an engine for DATABASE_URL, or for a SQLite file beside this one where that is not set.
# TODO 1: a table of users, each with an id and a username that nobody else has.
# TODO 1: lifetime(app): make the table when the app begins, and let the engine go when it ends.
# TODO 1: find_or_create_user(username), also where two requests ask for it at the same time.

# TODO 2: users_by_ids(ids): one query, however many ids there are.
