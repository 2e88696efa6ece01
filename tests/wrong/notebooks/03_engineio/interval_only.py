def longest_silence(packet):
    return json.loads(packet[1:])["pingInterval"] / 1000
