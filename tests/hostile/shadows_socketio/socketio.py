# My first try, from the slides. How do I get the answer back?
import socketio

client = socketio.Client()


@client.event
def connect():
    print("I am connected!")


if __name__ == "__main__":
    client.connect("http://localhost:3000")
    client.wait()
