// TODO 3: say in #status that the script runs.
