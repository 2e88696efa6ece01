def longest_silence(packet):
    said = json.loads(packet[1:])
    return float(said["pingInterval"] + said["pingTimeout"])
