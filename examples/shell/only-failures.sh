#!/bin/sh
# Reloads a list of models, and prints the failed ones with what to do, one per line. Needs jq.
#   MODELSLAB_API_KEY=… ./only-failures.sh models.txt
modelslab-reload --file "$1" --until accepted --output json |
  jq -r '.[] | select(.error != null) | "\(.modelId): \(.error.code). \(.error.hint)"'
