"""Devices over time. In a module, so with a cloud, of its own: here the clock is moved."""

from scailable.cloud.embedded import EmbeddedCloud
from tests.cloud.fleet import Edge, announce, collect, device
from tests.cloud.people import Person, TestClock, again


def test_events_of_more_than_30_days_ago_are_not_late(
    member: Person, each_cloud: EmbeddedCloud, clock: TestClock
) -> None:
    device(member)
    clock.advance(days=31)
    with again(each_cloud, member) as later:
        device(later)
        shown = later.http.get("/dev/devices/statistics").json()
    assert (shown["NumberOfEvents"], shown["NumberOfEventsLast30"]) == (2, 1)


def test_a_registration_token_expires_after_an_hour(
    member: Person, each_cloud: EmbeddedCloud, clock: TestClock
) -> None:
    announcement = announce(member.url)
    clock.advance(minutes=61)
    with again(each_cloud, member) as later:
        body = {"Name": "D", "RegistrationToken": announcement["RegistrationToken"]}
        assert later.http.post("/dev/devices", json=body).status_code == 422
    assert collect(member.url, announcement).status_code == 401


def test_a_device_is_online_while_it_reports(
    member: Person, each_cloud: EmbeddedCloud, clock: TestClock
) -> None:
    with Edge(member) as edge:
        wait = edge.beat().json()["HeartbeatSeconds"]
        shown = member.http.get(f"/dev/device/{edge.uuid}").json()
        assert shown["OnlineStatus"]["Online"] is True
        clock.advance(seconds=3 * wait + 1)
        with again(each_cloud, member) as later:
            (listed,) = later.http.get("/dev/devices").json()
            assert listed["OnlineStatus"] == {**shown["OnlineStatus"], "Online": False}
