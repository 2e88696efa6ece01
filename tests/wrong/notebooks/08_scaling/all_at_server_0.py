def statuses(requests, servers):
    known, answers = set(), []
    for number, name in enumerate(requests):
        answers.append(200 if name not in known or number % servers == 0 else 400)
        known.add(name)
    return answers
