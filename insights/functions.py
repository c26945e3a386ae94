"""Bindings of the analyzer: its orchestrator, activities and timer."""

import azure.durable_functions as df
import azure.functions as func

from insights.analyze import analyze
from insights.collect import collect
from insights.dependencies import AnalyzerDependencies
from insights.labels import label_some
from insights.messages import CLUSTER, COLLECT, LABEL
from shared.clock import utc_now
from shared.common_questions.runs import ANALYZER, RunRequest, run_name
from shared.runtime import Runtime
from shared.telemetry.work import timed_work, work
from shared.turn_engine import TurnEngines

SCHEDULE = "0 40 2 * * *"
"""Each night, UTC: what people commonly ask does not change by the hour."""


def insights_blueprint(runtime: Runtime, engines: TurnEngines) -> df.Blueprint:
    """Return the functions of the analyzer."""
    deps = AnalyzerDependencies(
        cosmos=runtime.common_questions.cosmos,
        questions=runtime.common_questions.questions,
        calls=runtime.side_calls,
        embedding_model=runtime.settings.azure_openai_embedding_model,
        now=utc_now,
    )
    blueprint = df.Blueprint()
    blueprint.orchestration_trigger(context_name="context", orchestration=ANALYZER)(analyze)
    _register_activities(blueprint, deps)

    @blueprint.function_name("analyzer_timer")
    @blueprint.timer_trigger(arg_name="timer", schedule=SCHEDULE, use_monitor=True)
    @blueprint.generic_input_binding(arg_name="durable", type="durableClient", durableRequiresGrpc=True)
    async def nightly(timer: func.TimerRequest, durable: str) -> None:  # noqa: ARG001 - the trigger
        if deps.embedding_model:
            name = run_name(utc_now())
            with timed_work("analyzer_timer"):
                await engines.engine(durable).analyze(name, RunRequest(holder=name).text())

    _ = nightly
    return blueprint


def _register_activities(blueprint: df.Blueprint, deps: AnalyzerDependencies) -> None:
    @blueprint.function_name(COLLECT)
    @blueprint.activity_trigger(input_name="payload", activity=COLLECT)
    async def collecting(payload: str) -> str:
        with work(COLLECT):
            return await collect(deps, RunRequest.from_text(payload))

    @blueprint.function_name(CLUSTER)
    @blueprint.activity_trigger(input_name="payload", activity=CLUSTER)
    async def clustering(payload: str) -> str:
        # numpy and scikit-learn cost a second and 100 MB: only the process that clusters pays for them.
        from insights.clusters import cluster  # noqa: PLC0415 - see above

        with work(CLUSTER):
            return await cluster(deps, RunRequest.from_text(payload))

    @blueprint.function_name(LABEL)
    @blueprint.activity_trigger(input_name="payload", activity=LABEL)
    async def labelling(payload: str) -> str:
        with work(LABEL):
            return await label_some(deps, RunRequest.from_text(payload))

    _ = collecting, clustering, labelling
