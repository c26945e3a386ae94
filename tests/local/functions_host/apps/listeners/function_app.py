import time

import azure.functions as func
from notes import note

app = func.FunctionApp()


@app.queue_trigger(arg_name="msg", queue_name="%QUEUE%", connection="STORAGE")
def drain(msg: func.QueueMessage) -> None:
    """Fails for texts that start with `bad`, dawdles for those that start with `slow`."""
    text = msg.get_body().decode()
    note(f"message {text} {msg.dequeue_count} {bool(msg.id and msg.pop_receipt and msg.insertion_time)}")
    if text.startswith("bad"):
        raise ValueError(text)
    if text.startswith("slow"):
        time.sleep(30 if "endless" in text else 0.5)
    note(f"done {text}")


@app.cosmos_db_trigger(
    arg_name="documents",
    connection="COSMOS",
    database_name="d",
    container_name="c",
    create_lease_container_if_not_exists=True,
    feed_poll_delay=100,
    max_items_per_invocation=3,
)
@app.retry(
    strategy="exponential_backoff", max_retry_count="1", minimum_interval="00:00:00", maximum_interval="00:00:01"
)
def changed(documents: func.DocumentList, context: func.Context) -> None:
    """Fails at the first attempt of a batch with a document that says so."""
    ids = ",".join(sorted(each["id"] for each in documents))
    retry = context.retry_context
    note(f"changed {ids} {retry.retry_count}/{retry.max_retry_count}")
    if any("fail" in each["id"] for each in documents) and retry.retry_count == 0:
        raise ValueError(ids)
    if any("slow" in each["id"] for each in documents):
        time.sleep(0.5)


@app.timer_trigger(arg_name="timer", schedule="0 0 1 1 1 *")
@app.retry(strategy="fixed_delay", max_retry_count="2", delay_interval="00:00:00")
def restless(timer: func.TimerRequest, context: func.Context) -> None:
    note(f"restless {context.retry_context.retry_count}")
    raise ValueError("never content")
