print("Starting the chat")
while True:
    pass
