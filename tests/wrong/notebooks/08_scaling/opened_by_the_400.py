def statuses(requests, servers):
    answers, homes = [], {}
    for number, name in enumerate(requests):
        home = homes.get(name, number % servers)
        answers.append(200 if home == number % servers else 400)
        homes[name] = number % servers
    return answers
