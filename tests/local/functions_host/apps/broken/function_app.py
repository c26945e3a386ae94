import azure.functions as func

app = func.FunctionApp()


@app.route(route="bad")
def bad(req: func.HttpRequest, extra: int) -> str:
    return "never"
