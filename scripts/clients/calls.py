"""Makes calls with the vendor's two Python SDKs, and prints what each returned.

Reads a JSON array of {"client", "call", "url", "key", "fields"} from standard input. Prints an array, in the same
order, of {"returned": value} or {"raised": text}. Only the URL of an SDK is replaced; it has no option for that.
"""

import inspect
import json
import sys

import modelslab
from modelslab_py.core.apis.community import Community
from modelslab_py.core.client import Client
from modelslab_py.schemas.community import Text2Image


def call_modelslab_py(call, url, key, fields):
    client = Client(api_key=key, fetch_retry=20, fetch_timeout=0.5)
    client.base_url = url + "/api/"
    community = Community(client=client)
    if call == "text_to_image":
        return community.text_to_image(Text2Image(**fields))
    return community.fetch(**fields)


def call_modelslab(call, url, key, fields):
    sdk = modelslab.ModelsLab()
    api = next(one for one in (sdk.community_models, sdk.train_model) if hasattr(one, call))
    api.base_url = api.base_url.replace("https://modelslab.com", url)
    method = getattr(api, call)
    # It has an argument for each field, all required.
    unset = {name: None for name in inspect.signature(method).parameters}
    return json.loads(method(**{**unset, "key": key, **fields}))


CLIENTS = {"modelslab_py": call_modelslab_py, "modelslab": call_modelslab}


def run(client, **call):
    try:
        return {"returned": CLIENTS[client](**call)}
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {error}"}


print(json.dumps([run(**call) for call in json.load(sys.stdin)]))
