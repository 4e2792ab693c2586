"""``rusta devlog``: look at, check, carry and re-index the logs of episodes.

Exit codes: 0 fine, 1 a problem was found in a log or on the disk, 2 bad usage or input.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from rusta_devlog.errors import (
    BadEpisodeId,
    DevLogError,
    DevLogExists,
    DevLogNotFound,
    GoldenError,
    UnknownEpisode,
)
from rusta_devlog.home import default_home
from rusta_devlog.reader import DevLogReader
from rusta_devlog.store import DevLogStore
from rusta_devlog.summary import Summariser
from rusta_devlog.terminal import json_line, json_text, print_table, printable

_BAD_INPUT = (BadEpisodeId, DevLogExists, DevLogNotFound, GoldenError, UnknownEpisode)
_TIMELINE = ("seq", "time", "kind", "verb", "ok", "ms", "summary")
_RIGHT = ("seq", "ms", "entries")


class _Failure(click.ClickException):
    exit_code = 1


class _BadInput(_Failure):
    exit_code = 2


class _Group(click.Group):
    """A group whose commands end with a message and an exit code, never with a stack trace."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DevLogError as error:
            failure = _BadInput if isinstance(error, _BAD_INPUT) else _Failure
            raise failure(printable(str(error))) from error
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise  # click's own business
            raise _Failure(printable(str(error))) from error


as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")


@click.group(cls=_Group)
def devlog() -> None:
    """Look at, check, export and import the logs of episodes.

    EPISODE is an id, or as much of its beginning as is unique.
    """


@devlog.command("list")
@click.option("--status", type=click.Choice(["open", "parked", "closed"]), help="Only these episodes.")
@as_json
@click.pass_context
def list_(ctx: click.Context, status: str | None, as_json: bool) -> None:
    """List the episodes, latest first."""
    from rusta_devlog.index import DevLogIndex

    store = _store(ctx)
    if not store.directory.is_dir():
        rows: list[dict[str, Any]] = []
    else:
        with DevLogIndex(store) as index:
            index.catch_up()
            rows = index.episodes(status)
            _say(index.notes)
    if as_json:
        for row in rows:
            click.echo(json_line(row | {"goal": json.loads(row["goal"]) if row["goal"] else None}))
        return
    if not rows:
        click.echo(f"no {status + ' ' if status else ''}episodes in {store.directory}")
        return
    columns = ("episode", "status", "outcome", "domain", "goal", "entries", "last")
    print_table(columns, [_episode_cells(row) for row in rows], _RIGHT)
    for row in rows:
        if row["problem"]:
            click.echo(printable(f"problem in {row['id']}: {row['problem']}"), err=True)


@devlog.command()
@click.argument("episode")
@click.argument("seq", type=click.IntRange(min=1), required=False)
@click.option("--kind", help="Only entries of this kind.")
@click.option("--verb", help="Only entries of calls of this verb.")
@as_json
@click.pass_context
def show(
    ctx: click.Context, episode: str, seq: int | None, kind: str | None, verb: str | None, as_json: bool
) -> None:  # fmt: skip
    """Show the timeline of EPISODE, or its entry number SEQ in full."""
    reader = _reader(ctx, episode)
    if seq is not None:
        _show_one(reader, seq, as_json)
        return
    lines = (
        line for line in _timeline(reader.entries()) if kind in (None, line["kind"]) and verb in (None, line["verb"])
    )
    if as_json:
        for line in lines:
            click.echo(json_line(line))
        return
    rows: list[tuple[str, ...]] = []
    try:
        rows.extend(_cells(line) for line in lines)
    finally:  # of a damaged log, what can be read is shown before the error
        print_table(_TIMELINE, rows, _RIGHT)


@devlog.command()
@click.argument("episode")
@click.option("-n", "count", type=click.IntRange(min=0), default=10, show_default=True,
              help="How many of the last entries.")  # fmt: skip
@click.option("-f", "--follow", is_flag=True, help="Go on as the episode goes on, until it is closed.")
@as_json
@click.pass_context
def tail(ctx: click.Context, episode: str, count: int, follow: bool, as_json: bool) -> None:
    """Show the last entries of EPISODE."""
    reader = _reader(ctx, episode)
    first = max(reader.head().seq - count + 1, 1)
    kinds: list[str] = [""]
    try:
        entries = reader.entries(follow=follow, until=lambda: kinds[-1] == "closed")
        for line in _timeline(entries):
            kinds[-1] = line["kind"]
            if line["seq"] >= first:
                click.echo(json_line(line) if as_json else _tail_line(line))
    except KeyboardInterrupt:
        click.echo()


@devlog.command()
@click.argument("episodes", metavar="[EPISODE]...", nargs=-1)
@as_json
@click.pass_context
def verify(ctx: click.Context, episodes: tuple[str, ...], as_json: bool) -> None:
    """Check every frame, the hash chain and the blobs of EPISODEs, or of all."""
    store = _store(ctx)
    wanted = [store.resolve(episode) for episode in episodes] or store.episodes()
    bad = 0
    for episode in wanted:
        report = store.verify(episode)
        bad += not report.ok
        if as_json:
            click.echo(json_line(report.to_json() | {"episode": episode}))
            continue
        click.echo(
            f"{episode}: {'ok' if report.ok else 'PROBLEM'}: {report.entries} entries in "
            f"{report.frames} frames, {report.blobs} blobs, head {report.head[:16]}"
        )
        for problem in report.problems:
            click.echo(f"  {printable(str(problem))}")
    if not wanted and not as_json:
        click.echo(f"no episodes in {store.directory}")
    if bad:
        ctx.exit(1)


@devlog.command("export")
@click.argument("episode")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path),
              help="The file to write; standard output if not given.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@as_json
@click.pass_context
def export_(ctx: click.Context, episode: str, output: Path | None, force: bool, as_json: bool) -> None:
    """Write EPISODE with all its blobs into one JSON document."""
    from rusta_devlog.golden import export_bytes

    reader = _reader(ctx, episode)
    document = export_bytes(reader)
    if output is None:
        click.echo(document, nl=False)
        return
    if output.exists() and not force:
        raise click.UsageError(f"{output} is there already; --force replaces it")
    temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(document)
        temporary.replace(output)
    finally:
        temporary.unlink(missing_ok=True)
    told = {"episode": reader.directory.name, "file": str(output), "bytes": len(document)}
    click.echo(json_line(told) if as_json else f"{told['episode']}: {len(document)} bytes written to {output}")


@devlog.command("import")
@click.argument("file", type=click.File("rb"))
@as_json
@click.pass_context
def import_(ctx: click.Context, file: Any, as_json: bool) -> None:
    """Check an exported document and add its episode. FILE may be - for standard input."""
    from rusta_devlog.golden import import_document, parse_document

    done = import_document(_store(ctx), parse_document(file.read()))
    if as_json:
        click.echo(json_line(done._asdict()))
    elif done.created:
        click.echo(f"{done.episode}: {done.entries} entries imported")
    else:
        click.echo(f"{done.episode}: the same episode was there already; nothing changed")


@devlog.command()
@as_json
@click.pass_context
def rebuild(ctx: click.Context, as_json: bool) -> None:
    """Build the index of all logs anew. The logs themselves are only read."""
    from rusta_devlog.index import DevLogIndex

    store = _store(ctx)
    with DevLogIndex(store) as index:
        entries = index.rebuild()
        _say(index.notes)
        told = {"episodes": len(store.episodes()), "entries": entries, "index": str(index.path)}
    click.echo(
        json_line(told) if as_json else f"{entries} entries of {told['episodes']} episodes indexed in {told['index']}"
    )


def _store(ctx: click.Context) -> DevLogStore:
    obj = ctx.find_root().obj
    home = obj.get("home") if isinstance(obj, dict) else None
    return DevLogStore(Path(home or default_home()) / "devlog")


def _reader(ctx: click.Context, episode: str) -> DevLogReader:
    store = _store(ctx)
    return store.reader(store.resolve(episode))


def _timeline(entries: Iterator[Any]) -> Iterator[dict[str, Any]]:
    """Each entry as the columns of a timeline."""
    summariser = Summariser()
    for seq, _, entry in entries:
        row = summariser.row(entry)
        yield {
            "seq": seq, "ts": row.ts, "kind": row.kind, "verb": row.verb, "ok": row.ok, "ms": row.ms,
            "summary": row.summary,
        }  # fmt: skip


def _cells(line: dict[str, Any]) -> tuple[str, ...]:
    ok: dict[bool | None, str] = {True: "ok", False: "no", None: ""}
    ms = "" if line["ms"] is None else f"{line['ms']:.1f}"
    time = line["ts"][11:23] or "?"
    return (
        str(line["seq"]), time, line["kind"], line["verb"] or "", ok[line["ok"]], ms, line["summary"],
    )  # fmt: skip


def _tail_line(line: dict[str, Any]) -> str:
    seq, time, kind, verb, ok, ms, summary = _cells(line)
    text = f"{seq:>5}  {time:<12}  {kind:<10}  {verb:<14}  {ok:<2}  {ms:>8}  {summary}"
    return printable(text.rstrip())


def _show_one(reader: DevLogReader, seq: int, as_json: bool) -> None:
    found = next(reader.entries(seq), None)
    if found is None:
        raise UnknownEpisode(f"{reader.directory.name} has no entry {seq}; its last is {reader.head().seq}")
    whole = {"seq": found.seq, "frame": found.sha256, "entry": found.entry}
    click.echo(json_line(whole) if as_json else json_text(whole))


def _episode_cells(row: dict[str, Any]) -> tuple[str, ...]:
    named: Callable[[str], str] = lambda column: str(row[column] or "")  # noqa: E731
    last = named("last")[:19].replace("T", " ")
    return (
        row["id"], named("status"), named("outcome"), named("domain"), named("goal"),
        str(row["entries"]), last,
    )  # fmt: skip


def _say(notes: list[str]) -> None:
    for note in notes:
        click.echo(printable(f"note: {note}"), err=True)
