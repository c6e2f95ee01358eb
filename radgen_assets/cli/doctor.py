"""radgen doctor: is this machine and this home well, and what to do if not."""

from __future__ import annotations

from radgen_assets.cli.terminal import HomeOption, JsonOption, finish, print_json, say


def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check packages, GPU, disk, ports, ledger, Dagster and MLflow; say what to do about each trouble.

    Example: radgen doctor --home demo_home
    """
    from radgen_assets.stewardship.examination import examine

    findings = examine(home)
    if as_json:
        print_json([vars(each) for each in findings])
    else:
        width = max(len(each.subject) for each in findings)
        for each in findings:
            say(f"{'ok  ' if each.is_well else 'LOOK'}  {each.subject:{width}}  {each.found}")
            if each.remedy:
                say(f"      {each.remedy}")
    finish(well=all(each.is_well for each in findings))
