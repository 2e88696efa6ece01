import json

print(json.dumps({"schema_version": 1, "verdict": "passed"}))
raise SystemExit(0)
