import azure.functions as func

app = func.FunctionApp()


@app.service_bus_queue_trigger(arg_name="msg", queue_name="q", connection="C")
def drain(msg: func.ServiceBusMessage) -> None:
    """Never runs: the host refuses the app."""
