import azure.functions as func

app = func.FunctionApp()


@app.route(route="admin/usage", methods=["GET"])
def usage(req: func.HttpRequest) -> func.HttpResponse:
    """Never runs: the host refuses the app."""
    return func.HttpResponse(req.url)
