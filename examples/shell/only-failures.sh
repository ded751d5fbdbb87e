#!/bin/sh
# Reloads all trained models except the given ones, and prints the failed ones with what to do, one per line. Needs jq.
#   MODELSLAB_API_KEY=… ./only-failures.sh broken-model other-model
for id; do
  shift
  set -- "$@" --exclude "$id"
done
modelslab-reload --all-trained "$@" --until accepted --output json |
  jq -r '.[] | select(.error != null) | "\(.modelId): \(.error.code). \(.error.hint)"'
