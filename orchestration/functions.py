"""Bindings of the turn: the orchestrator, its activities and the sweeper."""

import asyncio
import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import azure.durable_functions as df
import azure.functions as func

from orchestration.ambient import SPEAK_UP, ambient
from orchestration.beside import BesideDependencies, beside_answer
from orchestration.call_model import call_model
from orchestration.call_tool import call_tool
from orchestration.dependencies import TurnDependencies
from orchestration.expire_cards import expire_cards
from orchestration.finish_turn import finish_turn
from orchestration.messages import (
    CALL_MODEL,
    CALL_TOOL,
    EXPIRE_CARDS,
    FINISH_TURN,
    WRITE_SUMMARY,
    CallRequest,
    ExpireRequest,
    FinishRequest,
    StepRequest,
    StepResult,
    SummaryRequest,
)
from orchestration.offers import offered_beside
from orchestration.speaking_up import SpeakingDependencies, speak_up
from orchestration.spending import Spending
from orchestration.summaries import SummaryDependencies, write_summary
from orchestration.sweeper import sweep
from orchestration.telling import activity
from orchestration.titles import TitleDependencies, write_title
from orchestration.turn import turn
from shared.ambient import AMBIENT, ListenRequest
from shared.asker_manifests import AskerManifests
from shared.clock import utc_now
from shared.common_questions.offering import OfferDependencies
from shared.erasure import Erasure
from shared.errors import CommandRefused, Transient
from shared.protocol.codes import ErrorCode
from shared.runtime import Runtime
from shared.telemetry.metrics import sweeps
from shared.telemetry.work import timed_work, work
from shared.turn_engine import TurnEngines
from shared.turns import TURN
from shared.usage.side_calls import SideCalls

SWEEP_SCHEDULE = "*/15 * * * * *"
ERASE_SCHEDULE = "30 * * * * *"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Following:
    """What follows a turn's end is made with."""

    titling: TitleDependencies
    beside: BesideDependencies


def orchestration_blueprint(runtime: Runtime, engines: TurnEngines) -> df.Blueprint:
    """Return the functions of the turn."""
    deps = TurnDependencies(
        log=runtime.log,
        live=runtime.live,
        people=runtime.people,
        memories=runtime.memories,
        members=runtime.members,
        publisher=runtime.publisher,
        model=runtime.model,
        chat_model=runtime.settings.azure_openai_chat_model,
        spending=Spending(
            ledger=runtime.ledger,
            prices=runtime.settings.model_prices,
            model=runtime.settings.azure_openai_chat_model,
            publisher=runtime.publisher,
        ),
        summaries=runtime.summaries,
        catalogs=runtime.catalogs,
        tools=runtime.tools,
        blobs=runtime.blobs,
        sign_in_url=runtime.sign_in_url,
        now=utc_now,
        tells_content=runtime.settings.telemetry_content,
    )
    blueprint = df.Blueprint()
    blueprint.orchestration_trigger(context_name="context", orchestration=TURN)(turn)
    _register_steps(blueprint, deps, _offering(runtime), runtime.side_calls)
    _register_calls(blueprint, deps, engines)
    _register_ends(blueprint, deps, engines, _following(runtime), runtime.erasure)
    _register_ambient(blueprint, runtime, engines)
    return blueprint


def _offering(runtime: Runtime) -> OfferDependencies:
    return OfferDependencies(
        log=runtime.log,
        approved=runtime.common_questions.approved,
        embedder=runtime.model,
        embedding_model=runtime.settings.azure_openai_embedding_model,
        publisher=runtime.publisher,
    )


def _register_steps(
    blueprint: df.Blueprint, deps: TurnDependencies, offering: OfferDependencies, calls: SideCalls
) -> None:
    writing = SummaryDependencies(log=deps.log, summaries=deps.summaries, calls=calls)

    @blueprint.function_name(CALL_MODEL)
    @blueprint.activity_trigger(input_name="payload", activity=CALL_MODEL)
    async def model(payload: str) -> str:
        request = StepRequest.from_text(payload)
        try:
            with suppress_gone(), activity(CALL_MODEL, request):
                async with offered_beside(offering, request):
                    return (await call_model(deps, request)).text()
            return StepResult(outcome="over").text()
        except Transient as error:
            # The engine keeps the text of the last failure: so that the turn's end can tell the cause.
            raise Transient(error.info().model_dump_json(), code=error.code) from error

    @blueprint.function_name(WRITE_SUMMARY)
    @blueprint.activity_trigger(input_name="payload", activity=WRITE_SUMMARY)
    async def summary(payload: str) -> str:
        request = SummaryRequest.from_text(payload)
        with activity(WRITE_SUMMARY, request):
            return (await write_summary(writing, request)).outcome

    _ = model, summary


def _register_calls(blueprint: df.Blueprint, deps: TurnDependencies, engines: TurnEngines) -> None:
    @blueprint.function_name(CALL_TOOL)
    @blueprint.activity_trigger(input_name="payload", activity=CALL_TOOL)
    @blueprint.generic_input_binding(arg_name="durable", type="durableClient", durableRequiresGrpc=True)
    async def tool(payload: str, durable: str) -> str:
        request = CallRequest.from_text(payload)
        with suppress_gone(), activity(CALL_TOOL, request):
            return await call_tool(deps, engines.engine(durable), request)
        return "cancelled"

    @blueprint.function_name(EXPIRE_CARDS)
    @blueprint.activity_trigger(input_name="payload", activity=EXPIRE_CARDS)
    @blueprint.generic_input_binding(arg_name="durable", type="durableClient", durableRequiresGrpc=True)
    async def expire(payload: str, durable: str) -> str:
        with work(EXPIRE_CARDS):
            return await expire_cards(deps, engines.engine(durable), ExpireRequest.from_text(payload))

    _ = tool, expire


def _register_ends(
    blueprint: df.Blueprint, deps: TurnDependencies, engines: TurnEngines, following: _Following, erasure: Erasure
) -> None:

    @blueprint.function_name(FINISH_TURN)
    @blueprint.activity_trigger(input_name="payload", activity=FINISH_TURN)
    @blueprint.generic_input_binding(arg_name="durable", type="durableClient", durableRequiresGrpc=True)
    async def finish(payload: str, durable: str) -> str:
        request = FinishRequest.from_text(payload)
        with suppress_gone(), activity(FINISH_TURN, request):
            status = await finish_turn(deps, engines.engine(durable), request)
            await asyncio.gather(write_title(following.titling, request), beside_answer(following.beside, request))
            return status
        return "over"

    @blueprint.function_name("sweeper")
    @blueprint.timer_trigger(arg_name="timer", schedule=SWEEP_SCHEDULE, use_monitor=False)
    @blueprint.generic_input_binding(arg_name="durable", type="durableClient", durableRequiresGrpc=True)
    async def sweeper(timer: func.TimerRequest, durable: str) -> None:  # noqa: ARG001 - the trigger
        with timed_work("sweeper"):
            await sweep(deps, engines.engine(durable))

    @blueprint.function_name("eraser")
    @blueprint.timer_trigger(arg_name="timer", schedule=ERASE_SCHEDULE, use_monitor=False)
    async def eraser(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the trigger
        with timed_work("eraser"):
            await erasure.sweep()
        sweeps.add(1, {"what": "erasing"})

    _ = finish, sweeper, eraser


def _following(runtime: Runtime) -> _Following:
    log, publisher, calls = runtime.log, runtime.publisher, runtime.side_calls
    return _Following(
        titling=TitleDependencies(log=log, publisher=publisher, calls=calls),
        beside=BesideDependencies(
            log=log, publisher=publisher, blobs=runtime.blobs, people=runtime.people, calls=calls, now=utc_now
        ),
    )


def _register_ambient(blueprint: df.Blueprint, runtime: Runtime, engines: TurnEngines) -> None:
    blueprint.orchestration_trigger(context_name="context", orchestration=AMBIENT)(ambient)
    speaking = SpeakingDependencies(
        log=runtime.log,
        gate=runtime.gate,
        people=runtime.people,
        askers=AskerManifests(runtime.manifests, runtime.log, utc_now),
        publisher=runtime.publisher,
        calls=runtime.side_calls,
        now=utc_now,
    )

    @blueprint.function_name(SPEAK_UP)
    @blueprint.activity_trigger(input_name="payload", activity=SPEAK_UP)
    @blueprint.generic_input_binding(arg_name="durable", type="durableClient", durableRequiresGrpc=True)
    async def speaking_up(payload: str, durable: str) -> str:
        with suppress_gone(), work(SPEAK_UP):
            return await speak_up(speaking, engines.engine(durable), ListenRequest.from_text(payload))
        return "silent"

    _ = speaking_up


@contextmanager
def suppress_gone() -> Generator[None]:
    """Let a turn end in silence when its conversation was deleted meanwhile; running it again could not help."""
    try:
        yield
    except CommandRefused as error:
        if error.code is not ErrorCode.CONVERSATION_NOT_FOUND:
            raise
        _LOG.info("a turn ends: its conversation is gone")
