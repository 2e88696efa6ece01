import sys

print("Something is not set up, goodbye")
sys.exit(3)
