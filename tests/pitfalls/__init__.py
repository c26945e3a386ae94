"""The ten pitfalls of a chat on a durable engine, each with the tests that keep us out of it.

In this folder is what the whole product has to hold. What an engine, an emulator or one module guarantees by itself
is tested where it lives (paths below `tests/`).

| pitfall | here | elsewhere |
|---|---|---|
| P1 data that looks like an object of the engine's codec | p1_poison | chat/test_frames, shared/event_log/test_append |
| P2 a killed worker takes its work with it | p2_killed_worker | local/functions_host/test_recovery, e2e/test_kills |
| P3 a payload too large for the engine | p3_large_payloads | local/functions_host/test_durable, call_tool's tests |
| P4 waiters stop the engine | p4_waiters | local/functions_host/test_durable (parked waiters) |
| P5 the fan-in of activities stalls | p5_fan_in | local/functions_host/test_durable |
| P6 a signature covers only the connection id | p6_signature | shared/test_upstream, shared/test_signature |
| P7 an error answer drops the connection | p7_handlers | chat/test_frames, shared/test_upstream_last_delivery |
| P8 a stream cut short passes for an answer | p8_cut_streams | shared/test_model_openai_wire, call_tool's tests |
| P9 the id of a finished instance is free again | p9_finished_ids | chat/test_questions (resends) |
| P10 a checker of templates passes what it cannot read | p10_infrastructure | more comes with the templates |
"""
