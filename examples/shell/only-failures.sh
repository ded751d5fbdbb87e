#!/bin/sh
# Reload a list of models; print the failed ones with what to do, one a line. Needs jq.
#   MODELSLAB_API_KEY=… ./only-failures.sh models.txt
modelslab-reload --file "$1" --until accepted --output json |
  jq -r '.[] | select(.error != null) | "\(.modelId): \(.error.code). \(.error.hint)"'
