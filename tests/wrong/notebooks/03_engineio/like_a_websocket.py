def heard(said, delay):
    return [moment + delay for moment in said]
