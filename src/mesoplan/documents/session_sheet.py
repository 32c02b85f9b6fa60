"""The record of one session on paper: the original, and every amendment apart from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mesoplan.documents.pdf_words import (
    Block,
    Runs,
    capital,
    clean,
    heading,
    line_break,
    paragraph,
    points,
    soft,
    table,
    unknown,
    verdict,
    words,
)
from mesoplan.documents.session_given import gap_of, syringe_blocks, total_block, zone_blocks
from mesoplan.documents.session_values import (
    Amendment,
    ComparedNumber,
    ConsentReference,
    CreamRecord,
    FindingRecord,
    ScreeningRecord,
    SessionSheet,
)
from mesoplan.documents.sheet_values import content_hash
from mesoplan.documents.sheet_words import (
    day_said,
    frame,
    head_block,
    measured,
    minutes_said,
    moment_said,
    named,
    pairs,
    plan_rows,
    printed,
    said,
    yes_or_no,
)
from mesoplan.documents.typesetting import typeset

_WIDE_MM = 120


def write_session_pdf(sheet: SessionSheet) -> bytes:
    """The session record as PDF/UA. The same sheet gives the same bytes."""
    content = printed(
        sheet.head,
        kind="Session record",
        title="Session record",
        fingerprint=content_hash(sheet),
        body=_body(sheet),
        alerts=_alerts(sheet),
    )
    return typeset(content, at=sheet.head.as_of)


def _alerts(sheet: SessionSheet) -> Iterator[str]:
    if sheet.finalised_at is None:
        yield "NOT FINALISED: this record is still being written."
    count = len(sheet.amendments)
    if count:
        times = "once" if count == 1 else f"{count} times"
        yield f"AMENDED {times} after it was finalised: the amendments stand at the end."


def _body(sheet: SessionSheet) -> Iterator[Block]:
    yield head_block(sheet.head)
    yield from _who_and_why(sheet)
    yield heading(1, "Screening at the time")
    yield from _screening(sheet.screening)
    yield heading(1, "Before the needle")
    yield from _before(sheet)
    yield heading(1, "In the syringe")
    if sheet.syringes:
        for syringe in sheet.syringes:
            yield from syringe_blocks(syringe)
    else:
        yield from _listed(sheet.syringes, "It is recorded that nothing was prepared.")
    yield heading(1, "Given against planned")
    for zone in sheet.zones:
        yield from zone_blocks(zone)
    if not sheet.zones:
        yield paragraph(*said("", mm=_WIDE_MM))
    yield total_block(sheet.totals)
    yield heading(1, "Reactions and observation")
    yield from _after(sheet)
    yield heading(1, "Signed off")
    yield pairs(
        (
            ("Treated by", said(sheet.treated_by)),
            ("Assisted by", said(sheet.assisted_by)),
            ("Finalised by", said(sheet.finalised_by)),
            ("Finalised on", moment_said(sheet.finalised_at)),
        )
    )
    if sheet.amendments:
        yield heading(1, "Amendments")
        yield paragraph(soft("What stands above is the record as it was finalised."))
    for amendment in sheet.amendments:
        yield _amendment(amendment)


def _listed(items: object | None, none_words: str) -> Iterator[Block]:
    """What stands where a list has no entries: a blank, or that there were none."""
    yield paragraph(*(said("", mm=_WIDE_MM) if items is None else [words(none_words)]))


# --- Before -----------------------------------------------------------------------------------


def _who_and_why(sheet: SessionSheet) -> Iterator[Block]:
    yield heading(1, "The session")
    yield pairs(
        (
            ("Session began", moment_said(sheet.started)),
            ("Session ended", moment_said(sheet.ended)),
            ("Indication", said(sheet.indication, weight="strong")),
            ("Identity checked", said(sheet.identity_checked)),
            ("Consent", _consent(sheet.consent)),
            *plan_rows(sheet.plan),
        )
    )


def _consent(consent: ConsentReference | None) -> Runs:
    if consent is None:
        return said("")
    decided = consent.decision.value if consent.decision is not None else ""
    return [
        *said(decided, mm=25, weight="strong"),
        words(", "),
        *moment_said(consent.at),
        words(", content hash "),
        *said(consent.content_hash, mm=35),
        *([words(". "), *said(consent.note)] if consent.note.strip() else []),
    ]


def _screening(screening: ScreeningRecord | None) -> Iterator[Block]:
    if screening is None:
        yield paragraph(*said("", mm=_WIDE_MM))
        return
    rows = [("Verdict", _level(screening.verdict.value))]
    if screening.after_override is not None:
        rows.append(("After override", _level(screening.after_override.value)))
    rows.append(("Screened on", moment_said(screening.at)))
    if screening.note.strip():
        rows.append(("Note", said(screening.note)))
    yield pairs(rows)
    if not screening.findings:
        yield paragraph(words("No finding was recorded."))
    for finding in screening.findings:
        yield _finding(finding)
    if screening.unanswered:
        yield heading(2, "Questions that had no answer")
        yield points([[unknown(named(question, "question"))] for question in screening.unanswered])


def _level(level: str) -> Runs:
    return [verdict(level, capital(level))]


def _finding(finding: FindingRecord) -> Block:
    lines: list[tuple[str, Runs]] = [
        ("Because", said(finding.because)),
        ("Strength", said(finding.strength)),
    ]
    override = finding.override
    if override is not None:
        lines += [
            ("Overridden by", said(override.by)),
            ("Reason", said(override.reason)),
            ("When", moment_said(override.at)),
        ]
        if override.note.strip():
            lines.append(("Note", said(override.note)))
    return {
        "is": "finding",
        "level": finding.verdict.value,
        "word": capital(finding.verdict.value),
        "title": clean(named(finding.message, "finding")),
        "lines": [{"label": name, "runs": runs} for name, runs in lines],
    }


def _before(sheet: SessionSheet) -> Iterator[Block]:
    yield heading(2, "Made ready")
    if sheet.checks:
        yield table(
            ("What", "Done", "By"),
            ("rest", "30", "50"),
            (
                [said(item.what), yes_or_no(item.done), said(item.by, mm=40)]
                for item in sheet.checks
            ),
        )
    else:
        yield from _listed(sheet.checks, "It is recorded that nothing was checked.")
    yield heading(2, "Scores before the treatment")
    if sheet.baseline:
        yield table(
            ("Scale", "Where", "Score", "When"),
            ("50", "rest", "30", "44"),
            (
                [
                    said(score.scale, mm=40),
                    said(score.place, mm=30),
                    said(score.value, mm=20, weight="strong"),
                    moment_said(score.at, mm=36),
                ]
                for score in sheet.baseline
            ),
        )
    else:
        yield from _listed(sheet.baseline, "It is recorded that no score was taken.")
    yield heading(2, "Anaesthetic cream")
    if sheet.creams:
        yield _creams(sheet.creams)
    else:
        yield from _listed(sheet.creams, "It is recorded that no cream was used.")
    yield heading(2, "Device")
    device = sheet.device
    yield pairs(
        (
            ("Given with", said(device.name)),
            ("Settings", said(device.settings)),
            ("Single-use parts", said(device.single_use_parts)),
            ("Cleaning", said(device.cleaning)),
        )
    )


def _creams(creams: Iterable[CreamRecord]) -> Block:
    return table(
        ("Cream, where", "Planned", "Given", "Difference", "Applied", "Removed", "Time"),
        ("rest", ">16", ">16", "28", "32", "32", ">20"),
        (
            [
                [*said(item.name, mm=22), line_break(), *said(item.place, mm=22)],
                measured(item.mass_g.planned, "g", mm=6),
                measured(item.mass_g.given, "g", mm=6),
                _cream_gap(item.mass_g),
                moment_said(item.applied, mm=28),
                moment_said(item.removed, mm=28),
                [
                    *minutes_said(item.applied, item.removed, mm=6),
                    line_break(),
                    soft("of "),
                    *measured(item.planned_minutes, "min", mm=6),
                ],
            ]
            for item in creams
        ),
    )


def _cream_gap(mass: ComparedNumber) -> Runs:
    gap = gap_of(mass, "g")
    is_due = mass.given is not None and mass.given != mass.planned
    if mass.reason.strip() or is_due:
        gap = [*gap, *([line_break()] if gap else []), *said(mass.reason, mm=24)]
    return gap


# --- After ------------------------------------------------------------------------------------


def _after(sheet: SessionSheet) -> Iterator[Block]:
    yield heading(2, "Immediate reactions")
    if sheet.reactions:
        yield table(
            ("Reaction", "Where", "Severity", "When", "What was done"),
            ("34", "30", "22", "34", "rest"),
            (
                [
                    said(item.what, mm=26, weight="strong"),
                    said(item.place, mm=22),
                    said(item.severity, mm=16),
                    moment_said(item.at, mm=28),
                    said(item.done, mm=36),
                ]
                for item in sheet.reactions
            ),
        )
    else:
        yield from _listed(sheet.reactions, "It is recorded that none was seen.")
    watched = sheet.observation
    has_note = bool(sheet.next_note.strip())
    is_only_note = has_note and sheet.next_session is None
    yield heading(2, "Observation")
    yield pairs(
        (
            ("From", moment_said(watched.start)),
            ("To", moment_said(watched.end)),
            ("Minutes", minutes_said(watched.start, watched.end)),
            ("How it ended", said(watched.result, mm=_WIDE_MM)),
        )
    )
    yield heading(2, "Notes")
    yield paragraph(*said(sheet.notes, mm=_WIDE_MM))
    yield heading(2, "Next session")
    yield paragraph(
        *([] if is_only_note else [words("Proposed for "), *day_said(sheet.next_session)]),
        *([] if is_only_note or not has_note else [words("; ")]),
        *(said(sheet.next_note) if has_note else []),
    )


def _amendment(amendment: Amendment) -> Block:
    return frame(
        heading(2, f"Amendment {amendment.number}"),
        pairs(
            (
                ("When", moment_said(amendment.at)),
                ("By", said(amendment.by)),
                ("Reason", said(amendment.reason)),
            )
        ),
        paragraph(*said(amendment.text, mm=_WIDE_MM)),
    )
