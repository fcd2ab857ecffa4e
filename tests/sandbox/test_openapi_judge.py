import re
from typing import Any

import pytest

from bot.sandbox import Exchange
from bot.sandbox.rest import ROUTES
from tests.openapi import ApiDescription

USER = {
    "id": "1",
    "username": "clerk",
    "avatar": None,
    "discriminator": "0",
    "public_flags": 0,
    "flags": 0,
    "global_name": None,
    "primary_guild": None,
}
MESSAGE = {
    "id": "5",
    "type": 0,
    "content": "Hello",
    "mentions": [],
    "mention_roles": [],
    "attachments": [],
    "embeds": [],
    "timestamp": "2026-01-05T08:00:00+00:00",
    "edited_timestamp": None,
    "flags": 0,
    "components": [],
    "channel_id": "2",
    "author": USER,
    "pinned": False,
    "mention_everyone": False,
    "tts": False,
}

REFUSAL = {"code": 10003, "message": "Unknown Channel"}


def said(
    method: str = "POST",
    path: str = "/api/v10/channels/2/messages",
    *,
    query: dict[str, str] | None = None,
    body: Any = None,
    files: tuple[str, ...] = (),
    status: int = 200,
    answer: Any = None,
) -> Exchange:
    return Exchange(
        method=method,
        route=None,
        path=path,
        query=query or {},
        body=body,
        files=files,
        status=status,
        answer=answer,
        headers={},
        user_id=None,
        bot=True,
        faulted=False,
    )


def only(problems: list[str]) -> str:
    (problem,) = problems
    return problem


def sent(body: dict[str, Any]) -> Exchange:
    return said(body=body, answer=MESSAGE)


def answered(answer: Any, status: int = 200) -> Exchange:
    return said(body={"content": "Hello"}, status=status, answer=answer)


def test_an_exchange_as_described_has_no_mismatch(openapi: ApiDescription) -> None:
    assert openapi.validate(answered(MESSAGE)) == []


def test_a_field_of_the_wrong_type_is_named_with_its_path(openapi: ApiDescription) -> None:
    problem = only(openapi.validate(answered({**MESSAGE, "author": {**USER, "id": 1}})))
    assert problem == 'POST /channels/{channel_id}/messages answer 200 $.author.id: 1 is not of type "string"'


def test_a_missing_field_is_named(openapi: ApiDescription) -> None:
    answer = {key: value for key, value in MESSAGE.items() if key != "edited_timestamp"}
    assert '"edited_timestamp" is a required property' in only(openapi.validate(answered(answer)))


def test_an_invented_field_is_named(openapi: ApiDescription) -> None:
    assert "'edited_at' was unexpected" in only(openapi.validate(answered({**MESSAGE, "edited_at": None})))


def test_a_time_that_is_none_is_named(openapi: ApiDescription) -> None:
    assert '"today" is not a "date-time"' in only(
        openapi.validate(answered({**MESSAGE, "timestamp": "today"}))
    )


def test_an_unlisted_status_is_named(openapi: ApiDescription) -> None:
    assert "answered 201; described are 200, 429, 4XX" in only(
        openapi.validate(answered(MESSAGE, status=201))
    )


def test_an_answer_without_a_body_where_one_is_described_is_named(openapi: ApiDescription) -> None:
    assert 'answer 200 $: null is not of type "object"' in only(openapi.validate(answered(None)))


def test_a_body_where_none_is_described_is_named(openapi: ApiDescription) -> None:
    exchange = said("DELETE", "/api/v10/channels/2/messages/5", status=204, answer={})
    assert "answer 204: no body is described" in only(openapi.validate(exchange))


def test_a_refusal_must_have_discords_error_shape(openapi: ApiDescription) -> None:
    assert openapi.validate(answered(REFUSAL, status=404)) == []
    assert '"code" is a required property' in only(openapi.validate(answered({"message": "?"}, status=404)))


def test_a_rate_limit_must_say_how_long_it_lasts(openapi: ApiDescription) -> None:
    limited = {"code": 0, "message": "You are being rate limited.", "retry_after": 0.5, "global": False}
    assert openapi.validate(answered(limited, status=429)) == []
    del limited["retry_after"]
    assert '"retry_after" is a required property' in only(openapi.validate(answered(limited, status=429)))


def test_a_failure_of_the_server_itself_is_not_judged(openapi: ApiDescription) -> None:
    assert openapi.validate(answered(None, status=502)) == []


def test_a_request_out_of_shape_is_named_when_it_was_accepted(openapi: ApiDescription) -> None:
    problem = only(openapi.validate(sent({"content": 5})))
    assert "request $.content: 5 is not of type" in problem


def test_a_request_out_of_shape_may_be_refused(openapi: ApiDescription) -> None:
    wrong = {"_errors": [{"code": "BASE_TYPE_BAD_TYPE", "message": "Must be a string"}]}
    refusal = {"code": 50035, "message": "Invalid Form Body", "errors": {"content": wrong}}
    assert openapi.validate(said(body={"content": 5}, status=400, answer=refusal)) == []


def test_a_mismatch_within_one_kind_of_component_is_told_of_that_kind(openapi: ApiDescription) -> None:
    button = {"type": 2, "style": 1, "custom_id": "see-why", "labl": "See why"}
    problem = only(openapi.validate(sent({"components": [{"type": 1, "components": [button]}]})))
    assert "$.components[0].components[0]: " in problem
    assert "'labl' was unexpected" in problem


def test_an_operation_that_does_not_exist_is_named(openapi: ApiDescription) -> None:
    exchange = said("GET", "/api/v10/channels/2/mesages", answer=[])
    assert only(openapi.validate(exchange)) == "GET /channels/2/mesages: no such operation is described"


def test_a_literal_path_wins_over_a_parameter(openapi: ApiDescription) -> None:
    exchange = said("GET", "/api/v10/users/@me", answer=USER)
    assert all(problem.startswith("GET /users/@me ") for problem in openapi.validate(exchange))


@pytest.mark.parametrize(
    "path", ["/api/v10/interactions", "/sandbox/faults", "/cdn/attachments/2/9/plan.pdf"]
)
def test_what_is_no_part_of_the_bots_api_is_not_judged(openapi: ApiDescription, path: str) -> None:
    assert openapi.validate(said("POST", path, body={"a": 1}, status=204)) == []


def test_a_component_is_judged_alone(openapi: ApiDescription) -> None:
    assert openapi.validate_component("UserResponse", USER) == []
    assert "UserResponse $.flags" in only(
        openapi.validate_component("UserResponse", {**USER, "flags": "none"})
    )


def test_an_event_adds_to_the_object_it_shares_with_rest(openapi: ApiDescription) -> None:
    assert openapi.validate_event("MESSAGE_CREATE", {**MESSAGE, "guild_id": "1"}) == []
    assert "$.guild_id: 1 is not of type" in only(
        openapi.validate_event("MESSAGE_CREATE", {**MESSAGE, "guild_id": 1})
    )


def test_an_event_that_does_not_exist_is_named(openapi: ApiDescription) -> None:
    assert (
        only(openapi.validate_event("MESSAGE_CREATED", {})) == "MESSAGE_CREATED: no such event is described"
    )


def test_a_query_is_judged_by_what_its_text_may_stand_for(openapi: ApiDescription) -> None:
    def listed(**query: str) -> list[str]:
        return openapi.validate(said("GET", query=query, answer=[]))

    assert listed(limit="50", before="12345") == []
    assert "query limit $: 500 is greater than the maximum of 100" in only(listed(limit="500"))
    assert only(listed(offset="1")).endswith("query offset: no such parameter is described")


def test_files_are_named_where_none_are_described(openapi: ApiDescription) -> None:
    exchange = said(
        "PATCH",
        "/api/v10/users/@me",
        body={"username": "beadle"},
        files=("files[0]",),
        status=404,
        answer=REFUSAL,
    )
    assert only(openapi.validate(exchange)) == "PATCH /users/@me request: no files are described"


def test_every_route_the_sandbox_serves_is_described(openapi: ApiDescription) -> None:
    calls = [said(it.method, "/api/v10" + re.sub("{[^}]*}", "1", it.path), status=500) for it in ROUTES]
    problems = [problem for call in calls for problem in openapi.validate(call)]
    assert [problem for problem in problems if "no such operation" in problem] == []
