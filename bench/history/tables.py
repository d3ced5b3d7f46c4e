"""What the benchmark says: the table, the ratios, the aims."""

import statistics

# Column, its row among the program's, how it is shown, which is better.
COLUMNS = (
    ("M samples/s in", "in, durable and to be asked for", 1e-6, "higher"),
    ("CPU s/M", "processor time until settled", 1.0, "lower"),
    ("bytes/sample", "bytes a sample", 1.0, "lower"),
    ("latest ms", "latest of one signal, median", 1.0, "lower"),
    ("range ms", "range of 1,000, median", 1.0, "lower"),
    ("averages ms", "1-min averages of 100, median", 1.0, "lower"),
    ("rewind ms", "rewind of all, median", 1.0, "lower"),
    ("rewind p99", "rewind of all, p99", 1.0, "lower"),
    ("RSS MB", "memory, settled", 1.0, "lower"),
)

# Aim, its row in process or over HTTP, how much, "at least" or "at most".
HTTP_AIMS = (("latest of one signal, median", "ms", 0.1), ("range of 1,000, median", "ms", 0.15),
             ("1-min averages of 100, median", "ms", 0.5), ("rewind of all, median", "ms", 2.0),
             ("bytes a sample", "B", 1.25))
RATIO_AIMS = (("in, durable and to be asked for", 5.0, True), ("processor time until settled", 8.0, False))
IN_PROCESS_AIMS = (("commit", "samples/s", 8e6, True), ("on disk, all sealed", "B/sample", 1.25, False),
                   ("rewind of all, as known now, median", "ms", 2.0, False),
                   ("1-min averages of 100, median", "ms", 0.5, False))


def figure(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def medians(runs):
    """Of several runs' {name: value}: the median of each, over the runs that have it."""
    names = dict.fromkeys(name for run in runs for name in run)
    return {name: statistics.median(run[name] for run in runs if name in run) for name in names}


def print_servers(results):
    """results: {server: {row: value}}."""
    print(f"\n{'line protocol over HTTP':<30}" + "".join(f"{column[0]:>15}" for column in COLUMNS))
    for server, rows in results.items():
        cells = (figure(rows[name] * scale if name in rows else None) for _, name, scale, _ in COLUMNS)
        print(f"{server:<30}" + "".join(f"{cell:>15}" for cell in cells))
    ours = results.get("gemel")
    for server, rows in results.items():
        if ours is None or server.startswith("gemel"):
            continue
        cells = (ratio(ours.get(name), rows.get(name), better) for _, name, _, better in COLUMNS)
        print(f"{'gemel is better by, ' + server:<30}"[:30] + "".join(f"{cell:>15}" for cell in cells))


def ratio(ours, theirs, better):
    if not ours or not theirs:
        return "-"
    times = ours / theirs if better == "higher" else theirs / ours
    return f"× {times:.3g}"


def aims(http, peer, in_process):
    """[(what, value, aim, met)]"""
    found = []

    def hold(what, value, aim, at_least):
        if value is not None:
            found.append((what, value, aim, value >= aim if at_least else value <= aim))

    if http and peer:
        for name, aim, higher in RATIO_AIMS:
            if http.get(name) and peer.get(name):
                hold(f"line protocol beside victoria-metrics: {name}, times",
                     http[name] / peer[name] if higher else peer[name] / http[name], aim, True)
    for name, unit, aim in HTTP_AIMS if http else ():
        hold(f"over HTTP: {name}, {unit}", http.get(name), aim, False)
    for name, unit, aim, at_least in IN_PROCESS_AIMS if in_process else ():
        hold(f"in process: {name}, {unit}", in_process.get(name), aim, at_least)
    return found


def print_aims(found):
    print(f"\n{'aim':<78}{'is':>12}{'aim':>12}")
    for what, value, aim, met in found:
        print(f"{what:<78}{figure(value):>12}{figure(aim):>12}  {'met' if met else 'MISSED'}")


def print_columns(title, columns):
    """columns: {heading: {row: value}}; rows in the order of the first column that has them."""
    names = dict.fromkeys(name for rows in columns.values() for name in rows)
    print(f"\n{title:<62}" + "".join(f"{heading:>20}" for heading in columns))
    for name in names:
        print(f"{name:<62}" + "".join(f"{figure(rows.get(name)):>20}" for rows in columns.values()))
