def statuses(requests, servers):
    answers, homes = [], {}
    for number, name in enumerate(requests):
        home = homes.setdefault(name, number % servers)
        answers.append(200 if home == number % servers else 400)
    return answers
