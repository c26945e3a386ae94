import os
from pathlib import Path

import azure.functions as func
from azure.functions.warmup import WarmUpContext

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
NOTES = Path(os.environ["NOTES"])


@app.function_name(os.environ.get("WARM_NAME", "warmup"))
@app.warm_up_trigger(arg_name="warmup")  # pyright: ignore[reportUntypedFunctionDecorator] - the SDK's
def warm(warmup: WarmUpContext) -> None:
    with NOTES.open("a", encoding="utf-8") as notes:
        notes.write("warm\n")
    if os.environ.get("WARM_FAILS"):
        raise RuntimeError("nothing to load")


@app.route(route="notes")
def notes(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(NOTES.read_text(encoding="utf-8"))
