import asyncio
import json
import os
from datetime import UTC, datetime, timedelta

import azure.durable_functions as df
import azure.functions as func
from notes import note
from orchestrations import blueprint

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
app.register_functions(blueprint)


def answer(document: object, status: int = 200) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(document), status_code=status, mimetype="application/json")


@app.route(route="hello", methods=["GET"])
async def hello(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("hello")


@app.route(route="text")
def text(req: func.HttpRequest) -> str:
    return "plain"


@app.route(route="items/{id:int}/{part?}", methods=["GET", "POST"])
async def item(req: func.HttpRequest) -> func.HttpResponse:
    body = req.get_body()
    seen = {
        "params": dict(req.route_params),
        "query": dict(req.params),
        "method": req.method,
        "url": req.url,
        "body": body.hex() if len(body) < 64 else len(body),
        "header": req.headers.get("x-probe"),
    }
    return answer(seen)


@app.route(route="items/special", methods=["GET"])
async def special(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("special")


@app.route(route="files/{*rest}", methods=["GET"])
async def files(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(req.route_params.get("rest", ""))


@app.route(route="size", methods=["POST"])
async def size(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(str(len(req.get_body())))


@app.route(route="echo", methods=["POST", "OPTIONS"])
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    if req.method == "OPTIONS":
        origin = req.headers.get("WebHook-Request-Origin", "")
        return func.HttpResponse(status_code=200, headers={"WebHook-Allowed-Origin": origin})
    return func.HttpResponse(req.get_body(), mimetype="application/octet-stream")


@app.route(route="cookies")
async def cookies(req: func.HttpRequest) -> func.HttpResponse:
    response = func.HttpResponse("ok", status_code=201)
    response.headers.add("Set-Cookie", "a=1; Path=/; HttpOnly; SameSite=Lax")
    response.headers.add("Set-Cookie", "b=2; Max-Age=60; Secure; Expires=Wed, 21 Oct 2065 07:28:00 GMT")
    return response


@app.route(route="boom")
async def boom(req: func.HttpRequest) -> func.HttpResponse:
    raise ValueError("boom")


@app.route(route="slow")
async def slow(req: func.HttpRequest) -> func.HttpResponse:
    note("slow started")
    await asyncio.sleep(float(req.params.get("s", "1")))
    return func.HttpResponse("done")


@app.route(route="settings")
async def settings(req: func.HttpRequest) -> func.HttpResponse:
    return answer({name: os.environ.get(name) for name in ("FROM_FILE", "FROM_BOTH", "TASKHUB")})


@app.route(route="start/{name}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client: df.DurableFunctionsClient) -> func.HttpResponse:
    raw = req.get_body()
    delay = req.params.get("delay")
    instance_id = await client.schedule_new_orchestration(
        req.route_params["name"],
        input=json.loads(raw) if raw else None,
        instance_id=req.params.get("id"),
        start_at=datetime.now(UTC) + timedelta(seconds=float(delay)) if delay else None,
    )
    return answer({"id": instance_id}, 202)


@app.route(route="run/{name}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def run(req: func.HttpRequest, client: df.DurableFunctionsClient) -> func.HttpResponse:
    raw = req.get_body()
    instance_id = await client.schedule_new_orchestration(
        req.route_params["name"], input=json.loads(raw) if raw else None, instance_id=req.params.get("id")
    )
    state = await client.wait_for_orchestration_completion(instance_id, timeout=50)
    if state is None:
        return answer({"error": "timeout"}, 504)
    failure = state.failure_details
    document = {
        "status": state.runtime_status.name,
        "output": state.serialized_output,
        "custom": state.serialized_custom_status,
        "error": None if failure is None else [failure.error_type, failure.message],
    }
    return answer(document)


@app.route(route="raise/{id}/{event}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def raise_event(req: func.HttpRequest, client: df.DurableFunctionsClient) -> func.HttpResponse:
    await client.raise_orchestration_event(
        req.route_params["id"], req.route_params["event"], data=json.loads(req.get_body() or b"null")
    )
    return func.HttpResponse(status_code=202)


@app.timer_trigger(arg_name="timer", schedule="%TICK%", run_on_startup=False)
async def tick(timer: func.TimerRequest) -> None:
    note(f"tick {timer.past_due}")
    await asyncio.sleep(float(os.environ.get("TICK_SECONDS", "0")))
    note("tick end")


@app.route(route="wait/{id}", methods=["GET"])
@app.durable_client_input(client_name="client")
async def wait(req: func.HttpRequest, client: df.DurableFunctionsClient) -> func.HttpResponse:
    state = await client.wait_for_orchestration_completion(req.route_params["id"], timeout=30)
    return func.HttpResponse("NONE" if state is None else state.runtime_status.name)
