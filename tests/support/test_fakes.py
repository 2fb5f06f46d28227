"""The fake servers, compared with the published descriptions of the real ones."""

import json
from typing import Any
from urllib import request

import graphql
import pytest

from statusgen.importers.github import graphql as queries
from tests.support.fakes.github import TOKEN, GitHub, nodes, schema


def asked(github: GitHub, query: str, **variables: object) -> Any:
    body = json.dumps({"query": query, "variables": variables}).encode()
    asking = request.Request(  # noqa: S310, to our own server
        f"{github.url}/graphql", data=body, headers={"Authorization": f"token {TOKEN}"}
    )
    with request.urlopen(asking) as answer:  # noqa: S310, as above
        return json.load(answer)


@pytest.mark.parametrize("labels", [1, 2, 5])
def test_github_would_take_the_query_for_issues(labels: int) -> None:
    """The query is valid in the published schema, and far below the node limit."""
    schema()
    document = graphql.parse(queries.issues(labels))

    assert [] == graphql.validate(schema(), document)
    assert nodes(document, {}) < 500_000 / 10


def test_github_would_take_the_query_for_issues_by_number() -> None:
    """The query for a page of single issues is valid in the published schema."""
    schema()
    document = graphql.parse(queries.numbered(queries.PAGE))

    assert [] == graphql.validate(schema(), document)
    assert nodes(document, {}) < 500_000 / 10


def test_github_would_take_the_query_for_what_goes_on() -> None:
    """The query for further pages of all lists is valid in the published schema."""
    schema()
    document = graphql.parse(queries.rest([*queries.LISTS] * 7))

    assert [] == graphql.validate(schema(), document)
    assert nodes(document, {}) < 500_000 / 10


@pytest.mark.parametrize(
    ("query", "message"),
    [
        pytest.param(
            '{ repository(owner: "acme", name: "status") { isssues { totalCount } } }',
            "Cannot query field 'isssues' on type 'Repository'. Did you mean 'issues' or 'issue'?",
            id="a-field-that-is-not-there",
        ),
        pytest.param(
            '{ repository(owner: "acme", name: "status") { issues { totalCount } } }',
            "You must provide `first`, a value between 1 and 100",
            id="a-list-without-a-bound",
        ),
        pytest.param(
            '{ repository(owner: "acme", name: "status") { issues(first: 101) { totalCount } } }',
            "You must provide `first`, a value between 1 and 100",
            id="more-than-a-page",
        ),
    ],
)
def test_the_fake_refuses_what_github_refuses(github: GitHub, query: str, message: str) -> None:
    """A query that GitHub would reject is an error here, without data."""
    answer = asked(github, query)

    assert [message] == [error["message"] for error in answer["errors"]]


def test_the_fake_counts_nodes_as_github_does() -> None:
    """The example in GitHub's documentation has 22,060 nodes."""
    document = graphql.parse(
        "{ viewer { repositories(first: 50) { edges { repository: node {"
        "  pullRequests(first: 20) { edges { pullRequest: node {"
        "    comments(first: 10) { edges { comment: node { id } } } } } }"
        "  issues(first: 20) { edges { issue: node {"
        "    comments(first: 10) { edges { comment: node { id } } } } } } } } }"
        "  followers(first: 10) { edges { follower: node { id } } } } }"
    )

    assert 22_060 == nodes(document, {})


def test_the_fake_gives_pages(github: GitHub) -> None:
    """A list is returned page by page, each after the cursor of the previous one."""
    for number in range(5):
        github.open(f"Issue {number}")
    query = (
        'query($after: String) { repository(owner: "acme", name: "status") {'
        " issues(first: 2, after: $after) {"
        " nodes { title } pageInfo { hasNextPage endCursor } } } }"
    )
    titles, after, more = [], None, True
    while more:
        page = asked(github, query, after=after)["data"]["repository"]["issues"]
        titles += [one["title"] for one in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

    assert [f"Issue {number}" for number in range(5)] == titles
    assert ["POST /graphql"] * 3 == github.requests


def test_github_would_take_the_query_for_people() -> None:
    """The query for collaborators is valid in the published schema."""
    schema()

    assert [] == graphql.validate(schema(), graphql.parse(queries.COLLABORATORS))


def test_the_fake_lists_people_or_refuses_that(github: GitHub) -> None:
    """People are returned with their permissions, or as a partial error without access."""
    variables = {"owner": "acme", "name": "status", "after": None}
    listed = asked(github, queries.COLLABORATORS, **variables)
    github.lists_people = False
    refused = asked(github, queries.COLLABORATORS, **variables)

    assert [("ann", "ADMIN"), ("bob", "WRITE"), ("tri", "READ"), ("eve", "READ")] == [
        (one["node"]["login"], one["permission"])
        for one in listed["data"]["repository"]["collaborators"]["edges"]
    ]
    assert {"collaborators": None} == refused["data"]["repository"]
    assert [("FORBIDDEN", ["repository", "collaborators"])] == [
        (error["type"], error["path"]) for error in refused["errors"]
    ]


def test_the_fake_counts_what_is_left_of_the_hour(github: GitHub) -> None:
    """Each REST request costs one, except for the rate limit itself."""

    def get(path: str) -> Any:
        asking = request.Request(  # noqa: S310, to our own server
            f"{github.url}{path}", headers={"Authorization": f"token {TOKEN}"}
        )
        with request.urlopen(asking) as answer:  # noqa: S310, as above
            return json.load(answer)

    get("/repos/acme/status/collaborators/ann/permission")
    left = [get("/rate_limit")["resources"]["core"]["remaining"] for _ in range(2)]

    assert [999, 999] == left


def test_the_fake_wants_its_token(github: GitHub) -> None:
    """A wrong token is rejected as on GitHub."""
    url, headers = f"{github.url}/graphql", {"Authorization": "token other"}
    asking = request.Request(url, headers=headers)  # noqa: S310, to our own server

    with pytest.raises(request.HTTPError) as refused:
        request.urlopen(asking)  # noqa: S310, as above

    refused.value.close()
    assert 401 == refused.value.code


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"event_type": "status", "client_payload": {"a": 1}}, 204, id="good"),
        pytest.param({"event_type": "status"}, 204, id="no-payload"),
        pytest.param({"client_payload": {"a": 1}}, 422, id="no-type"),
        pytest.param({"event_type": "status", "alerts": []}, 422, id="unknown-key"),
        pytest.param({"event_type": "status", "client_payload": []}, 422, id="list"),
        pytest.param(
            {"event_type": "status", "client_payload": dict.fromkeys("abcdefghijk")},
            422,
            id="eleven",
        ),
        pytest.param(
            {"event_type": "status", "client_payload": {"a": "b" * 65_536}}, 422, id="64-KiB"
        ),
    ],
)
def test_the_fake_takes_events_as_github_does(github: GitHub, body: object, status: int) -> None:
    """An event has a type and at most ten keys of a payload, and nothing else."""
    url, headers = (
        f"{github.url}/repos/acme/status/dispatches",
        {"Authorization": f"Bearer {TOKEN}"},
    )
    data = json.dumps(body).encode()
    asking = request.Request(url, data, headers)  # noqa: S310, to our own server
    try:
        with request.urlopen(asking) as answer:  # noqa: S310, as above
            actual = answer.status
    except request.HTTPError as error:
        error.close()
        actual = error.code

    assert (status, status == 204) == (actual, bool(github.dispatched))
