import azure.functions as func

app = func.FunctionApp()


@app.queue_trigger(arg_name="msg", queue_name="q", connection="C")
def drain(msg: func.QueueMessage) -> None:
    """Never runs: the host refuses the app."""
