"""Reloads models before it generates with them, by the command line and its JSON. Python 3.9 or newer, no packages.

    MODELSLAB_API_KEY=... python3 reload_models.py my-model my-other-model

If modelslab-reload is not on the PATH, set MODELSLAB_RELOAD to its command, such as
"node path/to/checkout/packages/cli/dist/bin.js".
"""

import json
import os
import shlex
import subprocess
import sys

COMMAND = shlex.split(os.environ.get("MODELSLAB_RELOAD", "modelslab-reload"))


class ReloadFailed(Exception):
    """The command could not start the run: an invalid option, or no key."""


def reload_models(model_ids, until="success", timeout="5m", options=()):
    """Returns an outcome for each model, in the order of the ids. Exit codes above 0 are in the outcomes' errors."""
    command = [*COMMAND, "--output", "json", "--quiet", "--until", until, "--timeout", timeout]
    ran = subprocess.run(
        [*command, *options, "--", *model_ids], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        return json.loads(ran.stdout)
    except ValueError:
        raise ReloadFailed(ran.stderr.strip() or f"exit code {ran.returncode}") from None


def main():
    options = shlex.split(os.environ.get("MODELSLAB_RELOAD_OPTIONS", ""))
    outcomes = reload_models(sys.argv[1:], options=options)
    for outcome in outcomes:
        error = outcome["error"]
        if error is None:
            print(f"{outcome['modelId']}: {outcome['status']}, evidence {outcome['evidence']}")
        else:
            print(f"{outcome['modelId']}: {error['code']}. {error['hint']}")
    return 1 if any(outcome["error"] for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
