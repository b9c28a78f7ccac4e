"""Figures as tables: a row for each contestant, medians with their spread, and how many times this project's."""

import statistics

OURS = "Pointerscope"


class Figure:
    """A column: numbers by contestant."""

    def __init__(self, title, values, form="{:,.0f}", is_better="more"):
        self.title, self.form, self.is_better = title, form, is_better
        self.values = {name: numbers for name, numbers in values.items() if numbers}

    def median(self, name):
        return statistics.median(self.values[name])

    def cell(self, name):
        if name not in self.values:
            return "-"
        numbers = self.values[name]
        middle = self.form.format(statistics.median(numbers))
        low, high = self.form.format(min(numbers)), self.form.format(max(numbers))
        text = middle if low == high else f"{middle} ({low} to {high})"
        return text + self._ratio(name)

    def _ratio(self, name):
        if name == OURS or OURS not in self.values or self.is_better is None or self.median(OURS) <= 0:
            return ""
        return f", {ratio(self.median(name) / self.median(OURS))}"

    def standing(self):
        """Our place in one sentence, or nothing where there is no better and worse."""
        if self.is_better is None or OURS not in self.values or len(self.values) < 2:
            return None
        ours, sign = self.median(OURS), 1 if self.is_better == "less" else -1
        before = [name for name in self.values if sign * (self.median(name) - ours) < 0]
        before.sort(key=lambda name: sign * self.median(name))
        place = f"{self.title}: {ordinal(len(before) + 1)} of {len(self.values)}"
        if not before:
            return place
        return f"{place}, behind " + ", ".join(f"{name}{self._times(name)}" for name in before)

    def _times(self, name):
        ours = self.median(OURS)
        return f" ({ratio(self.median(name) / ours)})" if ours > 0 else ""


def section(title, names, figures, notes=()):
    """A heading, the table, our standing."""
    figures = [figure for figure in figures if figure.values]
    rows = [["", *(figure.title for figure in figures)], ["---"] + ["---:"] * len(figures)]
    for name in names:
        if any(name in figure.values for figure in figures):
            rows.append([name, *(figure.cell(name) for figure in figures)])
    parts = [f"**{title}**", grid(rows)]
    standings = [sentence for sentence in (figure.standing() for figure in figures) if sentence]
    if standings:
        parts.append("Our standing. " + "; ".join(standings) + ".")
    parts.extend(notes)
    return "\n\n".join(parts)


def grid(rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def ratio(value):
    return f"{value:.3g}x" if value < 1000 else f"{value:,.0f}x"


def ordinal(place):
    return {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}.get(place, f"{place}th")
