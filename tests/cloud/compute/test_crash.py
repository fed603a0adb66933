"""A cloud that is killed while it converts."""

import sqlite3
from pathlib import Path

from tests.cloud.fleet import converted, device, model_file, send, settled, uploaded
from tests.cloud.people import Person
from tests.cloud.process import served


def test_a_killed_conversion_is_taken_up_again(tmp_path: Path) -> None:
    with served(tmp_path / "data") as process, Person.register(process.url) as person:
        door = device(person)
        function = uploaded(person, model_file(shape=(1, 3, 31, 31)))
        process.kill()
    with sqlite3.connect(tmp_path / "data" / "cloud.db") as database:
        states = [row[0] for row in database.execute("SELECT state FROM jobs")]
    database.close()
    assert states in (["queued"], ["running"])

    with served(tmp_path / "data") as process, person.at(process.url) as returned:
        shown = settled(returned, function)
        assert shown["Status"] == "ok"
        assert shown["NamedInput"][0]["Shape"] == [1, 3, 31, 31]
        assert returned.http.get(f"/dev/device/{door}").status_code == 200
        assert send(returned, to=function, Name="Later").json()["Name"] == "Later"
        assert converted(returned)["Status"] == "ok"
        assert process.terminate() == 0
