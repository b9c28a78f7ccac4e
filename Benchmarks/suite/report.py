"""Writes results into a document."""


def rewrite_section(path, facts, table, name="bench", command="make bench-docs"):
    """Puts facts and table between the marks of a document that bear this name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = path.read_text()
    before, mark, rest = text.partition(begin)
    _, other, after = rest.partition(end)
    if not mark or not other:
        raise SystemExit(f"bench: {path.name} has no section between {begin} and {end}")
    listing = "\n".join(f"- {fact}" for fact in facts)
    body = f"{begin}\n\nMade by `{command}`:\n\n{listing}\n\n{table}\n\n{end}"
    path.write_text(before + body + after)
