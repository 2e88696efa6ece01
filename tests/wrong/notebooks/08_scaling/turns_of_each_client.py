def statuses(requests, servers):
    answers, sent = [], {}
    for name in requests:
        answers.append(200 if sent.get(name, 0) % servers == 0 else 400)
        sent[name] = sent.get(name, 0) + 1
    return answers
