# Trying out what a message looks like as JSON.
message = {"sender": "amy", "message": "hello"}

text = "{"
for key, value in message.items():
    text += f'"{key}": "{value}", '
text = text.rstrip(", ") + "}"
